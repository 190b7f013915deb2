import Dispatch
import Foundation
import MAESTAudio
import MAESTTestSupport
import Synchronization
import Testing

/// Files that do not answer, as on a dead network mount, stop nobody but who reads them, and that one not for ever.
struct UnansweredFileTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func pipe(_ name: String) throws -> String {
    try #require(mkfifo(folder.path(name), 0o600) == 0)
    return folder.path(name)
  }

  private static func error(_ path: String, limit: Duration? = nil) -> AudioError? {
    audioError { try AudioLoader(ffmpeg: nil, decodingTimeLimit: limit).load(path) } as? AudioError
  }

  @Test func aPipeThatNobodyWritesToIsLeftWhenTheTimeIsOver() throws {
    let path = try pipe("pipe")
    let limit = Duration.milliseconds(100)
    #expect(Self.error(path, limit: limit) == .decodingTookTooLong(path: path, frameCount: 0, limit: limit))
  }

  /// Its writer has it open and writes nothing, or the beginning of a header.
  @Test(arguments: ["", "RIFF"]) func aPipeThatFallsSilentIsLeftToo(text: String) throws {
    let path = try pipe("pipe")
    let writer = open(path, O_RDWR)
    try #require(writer >= 0)
    defer { close(writer) }
    try #require(text.isEmpty || write(writer, text, text.utf8.count) == text.utf8.count)
    let limit = Duration.milliseconds(100)
    #expect(Self.error(path, limit: limit) == .decodingTookTooLong(path: path, frameCount: 0, limit: limit))
  }

  @Test(arguments: [nil, Duration.seconds(3600)])
  func aPipeIsReadToItsEnd(limit: Duration?) throws {
    let samples = noise(100_000)
    let sound = try folder.writeFloatWave(samples, to: "sound.wav")
    let path = try pipe("pipe")
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = ["-c", "exec cat '\(sound)' > '\(path)'"]
    try writer.run()
    let signal = try AudioLoader(ffmpeg: nil, decodingTimeLimit: limit).load(path)
    writer.waitUntilExit()
    expectIdentical(signal.samples, samples)
  }

  @Test func aPipeThatEndsWithoutAByteIsAnError() throws {
    let path = try pipe("pipe")
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = ["-c", ": > '\(path)'"]
    try writer.run()
    #expect(Self.error(path)?.code == "emptyFile")
    writer.waitUntilExit()
  }

  #if canImport(Glibc) || canImport(Musl)
    /// While somebody has a lease on a file, who opens it waits: as long as the system lets it, which is most of a
    /// minute.
    private final class Lease {
      private let descriptor: Int32
      private static let (setSignal, setLease): (Int32, Int32) = (10, 1024)
      private static let (writing, none): (Int32, Int32) = (1, 2)

      /// Nil where the file system has none.
      init?(_ path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        // A signal that is ignored tells of those who wait.
        guard descriptor >= 0, fcntl(descriptor, Self.setSignal, SIGWINCH) == 0,
          fcntl(descriptor, Self.setLease, Self.writing) == 0
        else { return nil }
      }

      func end() { _ = fcntl(descriptor, Self.setLease, Self.none) }

      deinit { close(descriptor) }
    }

    /// A file that is being opened and does not answer, until the end of `body`.
    private func whileAFileDoesNotAnswer(_ body: () throws -> Void) throws {
      let samples = noise(3000)
      let path = try folder.writeFloatWave(samples, to: "leased.wav")
      guard let lease = Lease(path) else { return }
      let found = Mutex<[Float]?>(nil)
      let (begun, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      Thread.detachNewThread {
        begun.signal()
        let samples = try? AudioLoader(ffmpeg: nil).load(path).samples
        found.withLock { $0 = samples }
        ended.signal()
      }
      begun.wait()
      try waitUntilOpening(path)
      try body()
      #expect(found.withLock { $0 } == nil, "the others had to wait until the file answered")
      lease.end()
      ended.wait()
      expectIdentical(found.withLock { $0 } ?? [], samples)
    }

    /// Until the system has told somebody that the lease is to end: the one who opens the file waits now.
    private func waitUntilOpening(_ path: String) throws {
      let name = "\(try inode(path)) "
      for _ in 0..<6000 {
        let locks = try String(contentsOfFile: "/proc/locks", encoding: .utf8)
        if locks.split(separator: "\n").contains(where: { $0.contains("BREAKING") && $0.contains(":\(name)") }
        ) {
          return
        }
        usleep(10_000)
      }
    }

    private func inode(_ path: String) throws -> ino_t {
      var status = stat()
      try #require(stat(path, &status) == 0)
      return status.st_ino
    }

    @Test func othersAreDecodedMeanwhile() throws {
      let samples = noise(1000)
      let sound = try folder.writeFloatWave(samples, to: "sound.wav")
      try whileAFileDoesNotAnswer {
        DispatchQueue.concurrentPerform(iterations: 16) { _ in
          expectIdentical((try? AudioLoader(ffmpeg: nil).load(sound).samples) ?? [], samples)
        }
      }
    }

    @Test func badFilesHaveTheirOwnMessagesMeanwhile() throws {
      let wave = Array("RIFF\u{10}\0\0\0WAVEfmt \u{4}\0\0\0abcd".utf8)
      let picture = Array("fLaC\u{4}\0".utf8) + [0x40, 0] + [UInt8](repeating: 1, count: 200_000)
      let paths = [
        try folder.write(Array("no sound at all".utf8), to: "text.wav"),
        try folder.write(wave, to: "short.wav"),
        try folder.write(Array("fLaC and no more".utf8), to: "text.flac"),
        try folder.write(picture, to: "picture.flac"),
        // The library knows it by its name alone.
        try folder.write(Array("no sound".utf8), to: "text.mp3"),
      ]
      let alone = paths.map { Self.error($0) }
      #expect(alone.allSatisfy { $0?.code == "undecodableFile" }, "\(alone)")
      try whileAFileDoesNotAnswer {
        let wrongCount = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 400) { index in
          let found = Self.error(paths[index % paths.count])
          if found != alone[index % paths.count] { wrongCount.withLock { $0 += 1 } }
        }
        #expect(wrongCount.withLock { $0 } == 0)
      }
    }

    @Test func theTimeLimitHoldsForOpening() throws {
      let path = try folder.writeFloatWave(noise(10), to: "sound.wav")
      guard let lease = Lease(path) else { return }
      let limit = Duration.milliseconds(100)
      #expect(Self.error(path, limit: limit) == .decodingTookTooLong(path: path, frameCount: 0, limit: limit))
      try waitUntilOpening(path)
      let locks = try String(contentsOfFile: "/proc/locks", encoding: .utf8)
      #expect(locks.contains(":\(try inode(path)) "), "it was left before the file answered")
      lease.end()
    }
  #endif
}
