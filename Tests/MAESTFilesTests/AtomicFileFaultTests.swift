import Foundation
import MAESTFiles
import MAESTTestSupport
import MAESTWeights
import Testing

/// Whatever call fails, and wherever a process is killed: the old file is there, or the new one.
@Suite struct AtomicFileFaultTests {
  private let old = Data("old and longer".utf8)
  private let new = Data("new".utf8)

  private func contents(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  /// Ways to write the new file.
  enum Way: CaseIterable {
    case pieces, made

    func write(_ data: Data, to path: String) throws {
      switch self {
      case .pieces:
        let file = try AtomicFile(path: path)
        try file.write(data.prefix(1))
        try file.write(data.dropFirst())
        try file.commit()
      case .made:
        try AtomicFile.make(at: path) { try data.write(to: URL(filePath: $0)) }
      }
    }
  }

  @Test(arguments: Way.allCases)
  func aProcessKilledAtAnyCallLeavesTheOldFileOrTheNew(way: Way) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      let callCount = try FileSystemFaults.recording { try way.write(new, to: path) }.count
      #expect(callCount >= 8)
      for index in 0..<callCount {
        for isThere in [false, true] {
          _ = unlink(path)
          if isThere { try old.write(to: URL(filePath: path)) }
          try? FileSystemFaults.cutting(at: index, afterBytes: 1) { try way.write(new, to: path) }
          let found = contents(path)
          #expect(found == new || found == (isThere ? old : nil), "call \(index)")
          // The next one finds nothing in its way, and leaves nothing of it.
          try way.write(new, to: path)
          #expect(contents(path) == new)
          #expect(try names(in: folder) == ["file"], "call \(index)")
        }
      }
    }
  }

  @Test(arguments: Way.allCases)
  func aCallThatFailsIsToldAndNothingIsLeft(way: Way) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      let calls = try FileSystemFaults.recording { try way.write(new, to: path) }
      for (index, call) in calls.enumerated() {
        try old.write(to: URL(filePath: path))
        var error: FileWriteError?
        do {
          try FileSystemFaults.failing(at: index, code: ENOSPC) { try way.write(new, to: path) }
        } catch let failure as FileWriteError {
          error = failure
        }
        let isTolerated = [.open, .lock, .unlink, .removeFolder].contains(call.operation)
        #expect(error != nil || isTolerated, "\(call)")
        if let error { #expect(error == FileWriteError(path: path, code: ENOSPC)) }
        let isRenamed = index > (calls.firstIndex { $0.operation == .rename } ?? 0)
        #expect(contents(path) == (error == nil || isRenamed ? new : old), "\(call)")
        try way.write(new, to: path)
        #expect(try names(in: folder) == ["file"], "\(call)")
      }
    }
  }

  @Test func theBytesAreOnDiskBeforeTheNameAndTheNameBeforeTheEnd() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      let calls = try FileSystemFaults.recording { try Way.pieces.write(new, to: path) }
      let order: [FileSystemCalls.Operation] = [.write, .synchronize, .rename, .synchronizeFolder]
      let found = calls.map(\.operation).filter(order.contains)
      #expect(found == [.write] + order)
      #expect(calls.last?.operation == .synchronizeFolder && calls.last?.path == folder)
    }
  }

  @Test(arguments: [EINVAL, ENOTSUP, EACCES])
  func aFileSystemThatSynchronizesNoFoldersIsNoFailure(code: Int32) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try FileSystemFaults.failing(.synchronizeFolder, code: code) { try Way.pieces.write(new, to: path) }
      #expect(contents(path) == new)
      let error = #expect(throws: FileWriteError.self) {
        try FileSystemFaults.failing(.synchronizeFolder, code: EIO) { try Way.pieces.write(old, to: path) }
      }
      #expect(error == FileWriteError(path: path, code: EIO))
    }
  }

  /// File systems without locks, or without a lock more.
  @Test(arguments: [ENOLCK, ENOTSUP]) func withoutLocksFilesAreWrittenToo(code: Int32) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try FileSystemFaults.failing(.lock, code: code) {
        let files = [try AtomicFile(path: path), try AtomicFile(path: path)]
        try files[0].write(Data("other".utf8))
        try files[1].write(new)
        try files[0].commit()
        try files[1].commit()
      }
      #expect(contents(path) == new)
      #expect(try names(in: folder) == ["file"])
    }
  }

  @Test func newFoldersAreOnDiskBeforeTheyAreUsed() throws {
    try withTemporaryFolder { folder in
      let calls = try FileSystemFaults.recording {
        try Folders.make(folder + "/a/b//c/")
        try Folders.make(folder + "/a/b/c")
      }
      #expect(
        calls.map(\.operation)
          == Array(repeating: [.makeFolder, .synchronizeFolder], count: 3).flatMap(\.self))
      #expect(calls.compactMap(\.path).first == folder + "/a")
      var isFolder: ObjCBool = false
      #expect(FileManager.default.fileExists(atPath: folder + "/a/b/c", isDirectory: &isFolder))
      #expect(isFolder.boolValue)
      try new.write(to: URL(filePath: folder + "/file"))
      for path in ["/file", "/file/a"] {
        let error = #expect(throws: FileWriteError.self) { try Folders.make(folder + path) }
        #expect(error == FileWriteError(path: folder + path, code: ENOTDIR))
      }
      let error = #expect(throws: FileWriteError.self) {
        try FileSystemFaults.failing(.makeFolder, code: ENOSPC) { try Folders.make(folder + "/d/e") }
      }
      #expect(error == FileWriteError(path: folder + "/d", code: ENOSPC))
    }
  }

  @Test(arguments: [
    ("a", "."), ("a/", "."), ("/a", "/"), ("/a//", "/"), ("/", "/"), ("", "."), ("a/b", "a"), ("a//b/", "a"),
    ("/a/b", "/a"),
  ])
  func theFolderOfAPathIsWhereItsLastNameIs(path: String, folder: String) {
    #expect(Folders.parent(of: path) == folder)
  }
}
