import Foundation
import MAESTFiles
import MAESTTestSupport
import MAESTWeights
import Testing

/// Only regular files and new names are replaced: devices, pipes and links stay what they are.
@Suite struct OutputTargetTests {
  private let data = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0) })

  private func write(to path: String) throws {
    let file = try AtomicFile(path: path)
    try file.write(data)
    try file.commit()
  }

  /// Everything that makes files does it with `write` or with `make`.
  private func make(at path: String) throws {
    try AtomicFile.make(at: path) { try data.write(to: URL(filePath: $0)) }
  }

  private func contents(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

  private func kind(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
  }

  /// A device in a folder of the test's own, which only root can make; a link to the system's for others.
  private func nullDevice(in folder: String) throws -> String {
    let path = folder + "/null"
    #if canImport(Glibc) || canImport(Musl)
      if mknod(path, S_IFCHR | 0o666, 1 << 8 | 3) == 0 { return path }
    #endif
    try link(path, to: "/dev/null")
    return path
  }

  @Test func aDeviceStaysADevice() throws {
    try withTemporaryFolder { folder in
      let path = try nullDevice(in: folder)
      let before = kind(path)
      try write(to: path)
      try make(at: path)
      let file = try AtomicFile(path: path)
      try file.write(data)
      #expect(contents(file.temporaryPath) == data)
      try file.commit()
      #expect(kind(path) == before)
      #expect(try names(in: folder) == ["null"])
      #expect(kind("/dev/null") == S_IFCHR)
    }
  }

  @Test(arguments: [false, true]) func aPipeGetsTheCompleteFile(isMade: Bool) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/pipe"
      try #require(mkfifo(path, 0o600) == 0)
      // Open for both, so that nobody waits for the other; it holds what fits in a pipe.
      let reader = open(path, O_RDWR | O_NONBLOCK)
      try #require(reader >= 0)
      defer { close(reader) }
      let small = data.prefix(3000)
      if isMade {
        try AtomicFile.make(at: path) { try small.write(to: URL(filePath: $0)) }
      } else {
        let file = try AtomicFile(path: path)
        try file.write(small)
        file.discard()
        var byte: UInt8 = 0
        #expect(read(reader, &byte, 1) < 0, "nothing comes before the commit")
        let other = try AtomicFile(path: path)
        try other.write(small)
        try other.commit()
      }
      var bytes = [UInt8](repeating: 0, count: 4000)
      #expect(read(reader, &bytes, bytes.count) == small.count)
      #expect(bytes.prefix(small.count).elementsEqual(small))
      #expect(kind(path) == S_IFIFO)
      #expect(try names(in: folder) == ["pipe"])
    }
  }

  @Test(arguments: ["/dev/fd/", "/proc/self/fd/"])
  func anOpenDescriptorIsWrittenToWhereItStands(prefix: String) throws {
    guard FileManager.default.fileExists(atPath: prefix) else { return }
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
      try #require(descriptor >= 0)
      defer { close(descriptor) }
      try #require(pwrite(descriptor, "head", 4, 0) == 4)
      try #require(lseek(descriptor, 4, SEEK_SET) == 4)
      try write(to: "\(prefix)\(descriptor)")
      try link(folder + "/link", to: "\(prefix)\(descriptor)")
      try write(to: folder + "/link")
      #expect(contents(path) == Data("head".utf8) + data + data)
      #expect(try names(in: folder) == ["file", "link"])
    }
  }

  @Test(arguments: [false, true]) func theTargetOfALinkIsReplacedOrMade(isMade: Bool) throws {
    try withTemporaryFolder { folder in
      for name in ["a", "b"] { try Folders.make("\(folder)/\(name)") }
      try link(folder + "/a/second", to: "../b/file")
      try link(folder + "/first", to: folder + "/a/second")
      for _ in 0..<2 {
        // First it leads nowhere.
        if isMade { try make(at: folder + "/first") } else { try write(to: folder + "/first") }
        #expect(kind(folder + "/first") == S_IFLNK && kind(folder + "/a/second") == S_IFLNK)
        #expect(contents(folder + "/b/file") == data)
        #expect(try names(in: folder) == ["a", "b", "first"])
        #expect(try names(in: folder + "/a") == ["second"] && names(in: folder + "/b") == ["file"])
        try Data("old".utf8).write(to: URL(filePath: folder + "/b/file"))
      }
    }
  }

  @Test func linksInACircleAndSocketsAreRefused() throws {
    try withTemporaryFolder { folder in
      try link(folder + "/a", to: "b")
      try link(folder + "/b", to: "a")
      let error = #expect(throws: FileWriteError.self) { try AtomicFile(path: folder + "/a") }
      #expect(error == FileWriteError(path: folder + "/a", code: ELOOP))
      let path = folder + "/socket"
      try makeSocket(path)
      let refusal = #expect(throws: FileWriteError.self) { try AtomicFile(path: path) }
      #expect(refusal?.reason.contains("socket") == true)
      #expect(kind(path) == S_IFSOCK)
    }
  }

  private func makeSocket(_ path: String) throws {
    #if canImport(Glibc)
      let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try #require(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let isBound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    try #require(isBound)
  }

  /// What a killed process left is taken over; what somebody holds, or somebody else made, is not touched.
  @Test func whatAKilledProcessLeftIsGoneWithTheNextWrite() throws {
    try withTemporaryFolder { folder in
      let (path, part) = (folder + "/file", folder + "/file.maest-partial")
      try Data("half of something longer than a byte".utf8).write(to: URL(filePath: part))
      let first = try AtomicFile(path: path)
      #expect(contents(part) == Data(), "taken over")
      let second = try AtomicFile(path: path)
      #expect(try names(in: folder).count == 2, "locked")
      try first.write(Data("1".utf8))
      try second.write(data)
      try first.commit()
      try second.commit()
      #expect(contents(path) == data)
      #expect(try names(in: folder) == ["file"])

      try link(part, to: "elsewhere")
      try write(to: path)
      #expect(try names(in: folder) == ["file", "file.maest-partial"], "no link of another's is followed")
      _ = unlink(part)
      try Data("mine".utf8).write(to: URL(filePath: folder + "/other"))
      try FileManager.default.linkItem(atPath: folder + "/other", toPath: part)
      try write(to: path)
      #expect(contents(folder + "/other") == Data("mine".utf8), "no file with another name is emptied")
    }
  }
}
