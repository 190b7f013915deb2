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

  /// A loader whose ffmpeg is a script. It may use `$folder`.
  func loader(_ script: String, stallLimit: Duration = .seconds(60)) throws -> AudioLoader {
    let lines = "#!/bin/sh\nfolder='\(folder.path)'\n\(script)\n"
    let text = try folder.write(Array(lines.utf8), to: "script.txt")
    // The program is written by another process: one that is open for writing in this one, or in a child
    // that another test starts just then, could not be run.
    let program = folder.path("program")
    try run("/bin/cp", [text, program])
    try run("/bin/chmod", ["+x", program])
    return AudioLoader(ffmpeg: FFmpeg(program: program, stallLimit: stallLimit))
  }

  /// The error of loading the input with a script for ffmpeg.
  func error(_ script: String, stallLimit: Duration = .seconds(60)) throws -> AudioError? {
    let loader = try loader(script, stallLimit: stallLimit)
    return audioError { try loader.load(input) } as? AudioError
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
