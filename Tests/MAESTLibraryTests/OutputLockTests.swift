import Foundation
import MAESTLibrary
import MAESTTestSupport
import Testing

@Suite struct OutputLockTests {
  @Test func `a file or folder has one owner at a time`() throws {
    try withTemporaryFolder { folder in
      let file = folder + "/a"
      try Data("x".utf8).write(to: URL(filePath: file))
      for path in [file, folder] {
        do {
          let lock = try OutputLock(path: path)
          #expect(throws: RecordOutputError.busy(path: path)) { try OutputLock(path: path) }
          withExtendedLifetime(lock) {}
        }
        _ = try OutputLock(path: path)
      }
    }
  }

  @Test func `the lock is on the file, whatever its name`() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: URL(filePath: folder + "/a"))
      try FileManager.default.createSymbolicLink(atPath: folder + "/b", withDestinationPath: "a")
      let lock = try OutputLock(path: folder + "/a")
      #expect(throws: RecordOutputError.busy(path: folder + "/b")) { try OutputLock(path: folder + "/b") }
      withExtendedLifetime(lock) {}
    }
  }

  @Test func `another process's lock counts, and ends with it`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a"
      try Data().write(to: URL(filePath: path))
      // A descriptor that is not in this process's table of locks, as another process's.
      let other = open(path, O_RDONLY | O_CLOEXEC)
      #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
      #expect(throws: RecordOutputError.busy(path: path)) { try OutputLock(path: path) }
      close(other)
      _ = try OutputLock(path: path)
    }
  }

  @Test func `only a lock that somebody holds means that somebody writes`() throws {
    try withTemporaryFolder { folder in
      for (code, error) in [
        (EWOULDBLOCK, RecordOutputError.busy(path: folder)),
        (ENOLCK, .cannotWrite(path: folder, reason: String(cString: strerror(ENOLCK)))),
      ] {
        #expect(throws: error) {
          try FileSystemFaults.failing(.lock, code: code) { _ = try OutputLock(path: folder) }
        }
        // A failure leaves nothing in the table.
        _ = try OutputLock(path: folder)
      }
    }
  }

  @Test func `what is not there cannot be locked`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/none"
      #expect(throws: RecordOutputError.cannotWrite(path: path, reason: "No such file or directory")) {
        try OutputLock(path: path)
      }
    }
  }
}
