import Foundation
import MAESTFiles
import MAESTTestSupport
import Testing

/// Files and folders whose names are not UTF-8 are made, listed, replaced and removed like others.
@Suite struct ByteNameTests {
  /// A name in Latin-1, one with a character that stands for a byte itself, and one in UTF-8.
  static let names = [
    PathBytes.text([0x78, 0xE4, 0x2E, 0x61]), PathBytes.text(Array("\u{EFE4}".utf8)), "\u{E4}.a",
  ]

  /// The bytes of the names in a folder, as the system has them.
  private func listed(_ path: String) throws -> Set<[UInt8]> {
    let folder = try #require(opendir(path))
    defer { closedir(folder) }
    var names: Set<[UInt8]> = []
    while let entry = readdir(folder) {
      names.insert(withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) })
    }
    return names.subtracting([Array(".".utf8), Array("..".utf8)])
  }

  @Test func `files have their own bytes as names`() throws {
    try withTemporaryFolder { folder in
      for name in Self.names { try AtomicFile.write(Data(name.utf8), to: "\(folder)/\(name)") }
      #expect(try listed(folder) == Set(Self.names.map { PathBytes.bytes($0) }))
      #expect(PathCalls.names(inFolder: folder)?.sorted() == Self.names.sorted())
      #expect(try FolderNames.list(URL(filePath: folder)).count == Self.names.count)
      for name in Self.names {
        let path = "\(folder)/\(name)"
        #expect(PathCalls.contents(ofFile: path) == Data(name.utf8))
        #expect(FileStatus(path: path)?.byteCount == name.utf8.count)
        #expect(PathCalls.realPath(path)?.hasSuffix("/" + name) == true)
        try AtomicFile.make(at: path) { try AtomicFile.write(Data("new".utf8), to: $0) }
        #expect(PathCalls.contents(ofFile: path) == Data("new".utf8))
        #expect(FileSystemCalls.unlinkFile(path) == 0)
      }
      #expect(try listed(folder).isEmpty)
    }
  }

  @Test func `folders are made and searched`() throws {
    try withTemporaryFolder { folder in
      for name in Self.names {
        try Folders.make("\(folder)/\(name)/\(name)")
        try AtomicFile.write(Data("x".utf8), to: "\(folder)/\(name)/\(name)/\(name)")
      }
      #expect(try listed(folder) == Set(Self.names.map { PathBytes.bytes($0) }))
      let files = try #require(PathCalls.files(below: folder))
      #expect(Set(files) == Set(Self.names.map { "\($0)/\($0)/\($0)" }))
      #expect(Folders.isFolder("\(folder)/\(Self.names[0])"))
      #expect(!Folders.isFolder("\(folder)/\(Self.names[0])x"))
    }
  }

  @Test func `links to such names are followed`() throws {
    try withTemporaryFolder { folder in
      let (name, link) = (Self.names[0], "\(folder)/link")
      let made = PathBytes.withPath(name) { target in PathBytes.withPath(link) { symlink(target, $0) } }
      try #require(made == 0)
      try AtomicFile.write(Data("x".utf8), to: link)
      #expect(PathCalls.linkTarget(link) == name)
      #expect(PathCalls.contents(ofFile: "\(folder)/\(name)") == Data("x".utf8))
    }
  }

  @Test func `what is missing has the system's error`() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(Self.names[0])"
      #expect(PathCalls.open(path, O_RDONLY) < 0 && errno == ENOENT)
      #expect(PathCalls.status(path) == nil && errno == ENOENT)
      #expect(PathCalls.names(inFolder: path) == nil && errno == ENOENT)
      #expect(PathCalls.contents(ofFile: path) == nil)
      #expect(!PathCalls.exists(path))
    }
  }
}
