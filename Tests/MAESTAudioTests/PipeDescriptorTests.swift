import Foundation
import MAESTAudio
import MAESTTestSupport
import Synchronization
import Testing

/// A pipe that cannot be read as audio leaves the descriptors of other threads alone.
struct PipeDescriptorTests {
  private final class Watch: Sendable {
    let isOver = Atomic<Bool>(false)
    let lostCount = Atomic<Int>(0)

    /// Opens files, and counts those that somebody else closes.
    func run() {
      while !isOver.load(ordering: .relaxed) {
        let descriptors = (0..<8).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
        for _ in 0..<50 {
          for descriptor in descriptors where fcntl(descriptor, F_GETFD) < 0 {
            lostCount.add(1, ordering: .relaxed)
          }
        }
        for descriptor in descriptors { close(descriptor) }
      }
    }
  }

  @Test func otherFilesStayOpen() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let watch = Watch()
    let watching = (0..<4).map { _ in
      let thread = Thread { watch.run() }
      thread.start()
      return thread
    }
    for _ in 0..<300 {
      let writer = Thread {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        _ = [UInt8](repeating: 7, count: 500).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
      }
      writer.start()
      #expect(throws: AudioError.self) { _ = try AudioLoader(ffmpeg: nil).open(path).source }
      while !writer.isFinished { usleep(100) }
    }
    watch.isOver.store(true, ordering: .relaxed)
    while !watching.allSatisfy(\.isFinished) { usleep(1000) }
    let lostCount = watch.lostCount.load(ordering: .relaxed)
    #expect(lostCount == 0)
  }
}
