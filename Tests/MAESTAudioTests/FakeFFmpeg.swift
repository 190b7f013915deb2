import Foundation
import MAESTAudio
import MAESTTestSupport

/// Makes shell scripts that stand in for ffmpeg.
struct FakeFFmpeg {
  let folder: TemporaryFolder

  /// A file that libsndfile cannot read.
  let input: String

  /// A float wave of noise that a script may give out.
  let sound: String
  let samples = noise(5000)

  init() throws {
    folder = try TemporaryFolder()
    input = try folder.write(Array("neither audio nor video".utf8), to: "input.m4a")
    sound = try folder.writeFloatWave(samples, to: "sound.wav")
  }

  /// Makes `header`, of a wave that does not tell its length, and `samples`, 5000 of them.
  func writeStream() throws {
    let header: [UInt8] = [16, 0, 0, 0, 3, 0, 1, 0, 0x80, 0x3E, 0, 0, 0, 0xFA, 0, 0, 4, 0, 32, 0]
    let unknown: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
    _ = try folder.write(
      Array("RIFF....WAVEfmt ".utf8) + header + Array("data".utf8) + unknown, to: "header")
    _ = try folder.write(
      samples.flatMap { sample in withUnsafeBytes(of: sample.bitPattern.littleEndian) { Array($0) } },
      to: "samples")
  }

  /// A loader whose ffmpeg is a script. It may use `$folder`.
  func loader(
    _ script: String, stallLimit: Duration = .seconds(60), decodingTimeLimit: Duration? = nil
  ) throws -> AudioLoader {
    let program = try folder.writeProgram(script)
    return AudioLoader(
      ffmpeg: FFmpeg(program: program, stallLimit: stallLimit), decodingTimeLimit: decodingTimeLimit)
  }

  /// The error of loading the input with a script for ffmpeg.
  func error(
    _ script: String, stallLimit: Duration = .seconds(60), decodingTimeLimit: Duration? = nil
  ) throws -> AudioError? {
    let loader = try loader(script, stallLimit: stallLimit, decodingTimeLimit: decodingTimeLimit)
    return audioError { try loader.load(input) } as? AudioError
  }
}

extension TemporaryFolder {
  /// Makes a program of a shell script, which may use `$folder`.
  func writeProgram(_ script: String) throws -> String {
    let lines = "#!/bin/sh\nfolder='\(path)'\n\(script)\n"
    let text = try write(Array(lines.utf8), to: "script.txt")
    // The program is written by another process: one that is open for writing in this one, or in a child
    // that another test starts just then, could not be run.
    let program = self.path("program")
    try run("/bin/cp", [text, program])
    try run("/bin/chmod", ["+x", program])
    return program
  }
}

/// Runs a program to its end.
func run(_ program: String, _ arguments: [String]) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw WritingFailed(name: program) }
}
