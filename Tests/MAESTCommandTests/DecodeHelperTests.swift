import Foundation
import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// Decoding in a helper process gives what decoding in this one gives: samples, facts and errors.
@Suite struct DecodeHelperTests {
  private static let sounds = ["audio", "audio/damage", "fuzz/audio"].flatMap { folder in
    let names = (try? FileManager.default.contentsOfDirectory(atPath: Fixtures.path(folder))) ?? []
    return names.filter { name in
      [".wav", ".w64", ".aiff", ".flac", ".ogg", ".opus", ".mp3"].contains { name.hasSuffix($0) }
    }.sorted().map { "\(folder)/\($0)" }
  }

  private func loader(isIsolated: Bool) throws -> AudioLoader {
    let isolation = DecoderIsolation(program: try Program.maest.path, arguments: ["decode-helper"])
    return AudioLoader(
      ffmpeg: nil, decodingTimeLimit: .seconds(3600), isolation: isIsolated ? isolation : nil)
  }

  /// What loading a file comes to, with and without a helper.
  private func outcomes(_ path: String) throws -> [Result<AudioSignal, AudioError>] {
    try [false, true].map { isIsolated in
      let loader = try loader(isIsolated: isIsolated)
      return Result { () throws(AudioError) in try loader.load(path) }
    }
  }

  @Test func thereAreSoundsOfEveryKind() {
    for suffix in [".wav", ".w64", ".aiff", ".flac", ".ogg", ".mp3"] {
      #expect(Self.sounds.contains { $0.hasSuffix(suffix) }, "\(suffix)")
    }
  }

  @Test(arguments: sounds) func samplesAreTheSameBits(name: String) throws {
    let path = Fixtures.path(name)
    let signals = try outcomes(path).map { try $0.get() }
    expectIdentical(signals[1].samples, signals[0].samples)
    #expect(signals[1].source == signals[0].source)
    let counts = try [false, true].map { try loader(isIsolated: $0).open(path).expectedSampleCount }
    #expect(counts[0] == counts[1])
  }

  @Test(arguments: ["mono.flac", "integer.wav", "vorbis.ogg", "counted.mp3", "integer.aiff"])
  func damagedFilesFailAlike(name: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: Fixtures.path("fuzz/audio/" + name))))
    try withTemporaryFolder { folder in
      var codes: Set<String> = []
      for change in 0..<12 {
        var bytes = bytes
        switch change {
        case 0..<6: bytes.removeLast(bytes.count * (change + 1) / 7)
        default:
          bytes.replaceSubrange((bytes.count * (change - 6) / 6).advanced(by: 40)..., with: bytes.reversed())
        }
        let path = "\(folder)/\(change)-\(name)"
        try Data(bytes).write(to: URL(filePath: path))
        let outcomes = try outcomes(path)
        #expect(outcomes[0] == outcomes[1], "\(path)")
        if case .failure(let error) = outcomes[1] {
          codes.insert(error.code)
          #expect(error.description.contains(path))
        }
      }
      if name == "mono.flac" { #expect(codes.contains("mostlyLost"), "\(codes)") }
    }
  }

  @Test func filesThatAreNoneFailAlike() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: URL(filePath: folder + "/empty.wav"))
      try Data("neither audio nor video".utf8).write(to: URL(filePath: folder + "/text.wav"))
      let expected = [
        "none.wav": "fileNotFound", "": "isFolder", "empty.wav": "emptyFile", "text.wav": "undecodableFile",
      ]
      for (name, code) in expected {
        let outcomes = try outcomes(folder + "/" + name)
        #expect(outcomes[0] == outcomes[1], "\(name)")
        guard case .failure(let error) = outcomes[1] else {
          Issue.record("\(name) is accepted")
          continue
        }
        #expect(error.code == code)
      }
      // What can be opened by nobody.
      let socket = try FileHandle(socketAt: folder + "/socket")
      let outcomes = try outcomes(folder + "/socket")
      #expect(outcomes[0] == outcomes[1])
      try socket.close()
    }
  }

  /// A pipe by its name, and one that only this process has.
  @Test func pipesGiveTheSame() throws {
    let sound = Fixtures.path("fuzz/audio/integer.wav")
    let expected = try loader(isIsolated: false).load(sound)
    try withTemporaryFolder { folder in
      for isIsolated in [false, true] {
        let loader = try loader(isIsolated: isIsolated)
        let pipe = Pipe()
        let cat = try process("exec cat '\(sound)'", output: pipe)
        let signal = try loader.load("/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)")
        expectIdentical(signal.samples, expected.samples)
        cat.waitUntilExit()

        let file = try #require(FileHandle(forReadingAtPath: sound))
        expectIdentical(try loader.load("/dev/fd/\(file.fileDescriptor)").samples, expected.samples)

        let named = "\(folder)/pipe-\(isIsolated)"
        try process("mkfifo '\(named)'").waitUntilExit()
        let other = try process("exec cat '\(sound)' > '\(named)'")
        expectIdentical(try loader.load(named).samples, expected.samples)
        other.waitUntilExit()
      }
    }
  }

  @Test func nobodyWritesToAPipe() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/pipe"
      try process("mkfifo '\(path)'").waitUntilExit()
      var loader = try loader(isIsolated: true)
      loader.decodingTimeLimit = .milliseconds(200)
      #expect(throws: AudioError.decodingTookTooLong(path: path, frameCount: 0, limit: .milliseconds(200))) {
        try loader.load(path)
      }
    }
  }

  /// Even where it waits for another thing, such as a decoder that hangs.
  @Test func helperEndsWithItsReader() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/pipe"
      try process("mkfifo '\(path)'").waitUntilExit()
      let output = Pipe()
      let helper = Process()
      helper.executableURL = URL(filePath: try Program.maest.path)
      helper.arguments = ["decode-helper", path]
      helper.standardOutput = output
      helper.standardError = FileHandle.nullDevice
      try helper.run()
      try output.fileHandleForWriting.close()
      try output.fileHandleForReading.close()
      helper.waitUntilExit()
      #expect(helper.terminationReason == .exit && helper.terminationStatus == 1)
    }
  }

  @Test func commandWritesHeaderSamplesAndEnd() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["decode-helper", Fixtures.path("fuzz/audio/float.wav")], folder: folder, outputPath: "/dev/null")
      #expect(result.exitCode == 0)
      #expect(result.errors == "{\"code\":\"done\",\"frameCount\":2400,\"warnings\":[]}\n")
      let failure = try Program.maest.run(["decode-helper", "none.wav"], folder: folder)
      #expect(failure.exitCode == 1 && failure.output.isEmpty)
      #expect(failure.errors.contains("\"code\":\"fileNotFound\""))
      let help = try Program.maest.run(["--help"], folder: folder)
      #expect(!help.output.contains("decode-helper"))
    }
  }

  private func process(_ script: String, output: Pipe? = nil) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", script]
    if let output { process.standardOutput = output }
    try process.run()
    try output?.fileHandleForWriting.close()
    return process
  }
}

extension FileHandle {
  /// Makes a socket with a name, to which nobody listens.
  fileprivate convenience init(socketAt path: String) throws {
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let descriptor = socket(AF_UNIX, kind, 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard code == 0 else { throw CocoaError(.fileWriteUnknown) }
    self.init(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}
