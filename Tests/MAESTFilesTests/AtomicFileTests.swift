import Foundation
import MAESTFiles
import MAESTTestSupport
import MAESTWeights
import Testing

/// A file is there completely or not at all.
@Suite struct AtomicFileTests {
  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func contents(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  @Test func nothingIsAtThePathBeforeTheCommit() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      let file = try AtomicFile(path: path)
      let long = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0) })
      for piece in [Data("a".utf8), Data(), long] { try file.write(piece) }
      #expect(!FileManager.default.fileExists(atPath: path))
      #expect(try names(in: folder).count == 1, "the temporary file is in the same folder")
      try file.commit()
      #expect(try names(in: folder) == ["file"])
      #expect(try contents(path) == Data("a".utf8) + long)
      file.discard()
      #expect(try names(in: folder) == ["file"], "after the commit there is nothing to discard")
    }
  }

  @Test func discardRemovesWhatWasWritten() throws {
    try withTemporaryFolder { folder in
      let file = try AtomicFile(path: folder + "/file")
      try file.write(Data(count: 10))
      #expect(try names(in: folder).count == 1)
      file.discard()
      #expect(try names(in: folder) == [])
      file.discard()
      #expect(try names(in: folder) == [])
    }
  }

  @Test func aFileThatIsForgottenLeavesNothing() throws {
    try withTemporaryFolder { folder in
      try forgetAFile(in: folder)
      #expect(try names(in: folder) == [])
    }
  }

  /// Writes to a file that goes with the end of the function.
  private func forgetAFile(in folder: String) throws {
    let file = try AtomicFile(path: folder + "/file")
    try file.write(Data(count: 10))
    #expect(try names(in: folder).count == 1)
  }

  @Test func anExistingFileIsReplacedOnlyByTheCommit() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try Data("old and longer".utf8).write(to: URL(filePath: path))
      let discarded = try AtomicFile(path: path)
      try discarded.write(Data("never".utf8))
      #expect(try contents(path) == Data("old and longer".utf8))
      discarded.discard()
      #expect(try contents(path) == Data("old and longer".utf8))
      let file = try AtomicFile(path: path)
      try file.write(Data("new".utf8))
      #expect(try contents(path) == Data("old and longer".utf8))
      try file.commit()
      #expect(try contents(path) == Data("new".utf8))
      #expect(try names(in: folder) == ["file"])
    }
  }

  @Test func twoWritersOfOnePathDoNotMix() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      let (first, second) = (try AtomicFile(path: path), try AtomicFile(path: path))
      try first.write(Data("first".utf8))
      try second.write(Data("2".utf8))
      try second.commit()
      #expect(try contents(path) == Data("2".utf8))
      try first.commit()
      #expect(try contents(path) == Data("first".utf8))
      #expect(try names(in: folder) == ["file"])
    }
  }

  @Test func aFolderThatCannotBeWrittenToIsAnError() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: URL(filePath: folder + "/file"))
      for path in [folder + "/missing/file", folder + "/file/file"] {
        let error = #expect(throws: FileWriteError.self) { try AtomicFile(path: path) }
        #expect(error?.path == path)
        #expect(error?.reason.isEmpty == false)
        #expect(error?.description.hasPrefix(path + ": cannot write: ") == true)
        #expect(throws: FileWriteError.self) {
          try WeightFile.write(TinyModel.description(), parameters: zeros, to: path)
        }
      }
    }
  }

  private var zeros: [TensorSource] {
    TinyModel.configuration.parameters.map { parameter in
      TensorSource(name: parameter.name, shape: parameter.shape) { Data(count: parameter.shape.reduce(4, *)) }
    }
  }

  @Test func aCommitOverAFolderFailsAndLeavesNothing() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/folder"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      let file = try AtomicFile(path: path)
      try file.write(Data(count: 10))
      let error = #expect(throws: FileWriteError.self) { try file.commit() }
      #expect(error?.path == path)
      #expect(try names(in: folder) == ["folder"])
    }
  }
}
