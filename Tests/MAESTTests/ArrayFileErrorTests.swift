import Foundation
import MAEST
import MAESTFiles
import MAESTTestSupport
import Testing

/// Arrays that cannot be written: one clear error, and nothing left behind.
@Suite struct ArrayFileErrorTests {
  private let slice = Tensor(shape: [2], elements: [1, 2])

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test(arguments: ["x", "x.txt", "x.npz.gz", "npz", ".npz/x", "x.", "/dev/full", ""])
  func unknownExtensions(path: String) {
    let error = #expect(throws: ArrayFileError.unknownExtension(path: path)) {
      try ArrayFileWriter(path: path)
    }
    #expect(error?.description.contains(".npy, .npz, .safetensors, .json") == true)
  }

  @Test func aFolderThatCannotBeWrittenToIsKnownAtOnce() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: URL(filePath: folder + "/file"))
      for path in [folder + "/missing/x.npz", folder + "/file/x.npz"] {
        let error = #expect(throws: FileWriteError.self) { try ArrayFileWriter(path: path) }
        #expect(error?.path == path)
      }
      #expect(try names(in: folder) == ["file"])
    }
  }

  @Test func namesThatCannotBe() throws {
    try withTemporaryFolder { folder in
      let writer = try ArrayFileWriter(path: folder + "/x.npz")
      for name in ["", "a/b", "..\\b", "a\0b", "a\nb", "\u{7f}"] {
        let error = #expect(throws: ArrayFileError.unusableName(name)) {
          try writer.append(slice, to: name)
        }
        #expect(error?.description.unicodeScalars.allSatisfy { $0.value >= 32 } == true)
      }
      for name in ["metadata", "__metadata__"] {
        #expect(throws: ArrayFileError.reservedName(name)) { try writer.add(slice, named: name) }
      }
      try writer.append(slice, to: "it goes on")
      try writer.commit(metadata: ["a": 1])
      #expect(try ZipFile(contentsOfFile: folder + "/x.npz").entries.count == 2)
    }
  }

  @Test func noArrays() throws {
    try withTemporaryFolder { folder in
      for format in ArrayFileFormat.allCases {
        let path = folder + "/x.\(format.rawValue)"
        let writer = try ArrayFileWriter(path: path)
        #expect(throws: ArrayFileError.noArrays(path: path)) { try writer.commit(metadata: ["a": 1]) }
      }
      #expect(try names(in: folder) == [])
    }
  }

  @Test func aSecondArrayWhereThereIsRoomForOne() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/x.npy"
      let writer = try ArrayFileWriter(path: path)
      try writer.append(slice, to: "a")
      #expect(throws: ArrayFileError.oneArrayOnly(path: path, names: ["a", "b"])) {
        try writer.append(slice, to: "b")
      }
      #expect(try names(in: folder) == [])
    }
  }

  @Test(arguments: ArrayFileFormat.allCases)
  func slicesOfAnotherShape(format: ArrayFileFormat) throws {
    try withTemporaryFolder { folder in
      let writer = try ArrayFileWriter(path: folder + "/x.\(format.rawValue)")
      try writer.append(slice, to: "a")
      for shape in [[], [1], [3], [1, 2], [0]] {
        let other = Tensor(shape: shape, elements: [Float](repeating: 0, count: shape.reduce(1, *)))
        #expect(throws: ArrayFileError.wrongSliceShape(name: "a", found: shape, expected: [2])) {
          try writer.append(other, to: "a")
        }
      }
      // What was refused left nothing.
      try writer.append(slice, to: "a")
      #expect(try writer.commit(metadata: ["a": 1]).map(\.shape) == [[2, 2]])
    }
  }

  @Test func anArrayThatIsThereAlready() throws {
    try withTemporaryFolder { folder in
      let writer = try ArrayFileWriter(path: folder + "/x.npz")
      try writer.append(slice, to: "grows")
      try writer.add(slice, named: "whole")
      for name in ["grows", "whole"] {
        #expect(throws: ArrayFileError.arrayExists(name: name)) { try writer.add(slice, named: name) }
      }
      #expect(throws: ArrayFileError.arrayExists(name: "whole")) { try writer.append(slice, to: "whole") }
      let shapes = try writer.commit(metadata: ["a": 1]).map(\.shape)
      #expect(shapes == [[1, 2], [2]])
    }
  }

  /// As many axes as NumPy reads, the longest header, and one more.
  @Test(arguments: ArrayFileFormat.allCases)
  func manyAxes(format: ArrayFileFormat) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/x.\(format.rawValue)"
      func tensor(_ axisCount: Int) -> Tensor {
        Tensor(shape: [0] + [Int](repeating: 1 << 40, count: axisCount - 1), elements: [])
      }
      let writer = try ArrayFileWriter(path: path)
      let error = ArrayFileError.tooManyAxes(count: 33, most: 32)
      #expect(throws: error) { try writer.add(tensor(33), named: "a") }
      #expect(throws: error) { try writer.append(tensor(32), to: "a") }
      #expect(throws: error) { try NumPyWriter.write(tensor(33), to: folder + "/y.npy") }
      #expect(throws: ArrayFileError.tooManyAxes(count: 30_000, most: 32)) {
        try NumPyWriter.write(
          Tensor(shape: [Int](repeating: 1, count: 30_000), elements: [1]), to: folder + "/y.npy")
      }
      #expect(try names(in: folder) == [])
      try writer.add(tensor(32), named: "a")
      try writer.commit(metadata: ["a": 1])
      #expect(try names(in: folder) == ["x.\(format.rawValue)"])
    }
  }

  @Test(arguments: ArrayFileFormat.allCases)
  func aWriterWithoutACommitLeavesNothing(format: ArrayFileFormat) throws {
    try withTemporaryFolder { folder in
      try forgetAWriter(folder + "/x.\(format.rawValue)", folder)
      #expect(try names(in: folder) == [])
    }
  }

  /// Begins a file that goes with the end of the function; its spool has no name meanwhile.
  private func forgetAWriter(_ path: String, _ folder: String) throws {
    let writer = try ArrayFileWriter(path: path)
    try writer.append(slice, to: "a")
    #expect(try names(in: folder) == [])
  }

  @Test(arguments: ArrayFileFormat.allCases)
  func aCommitThatFailsLeavesNothing(format: ArrayFileFormat) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/x.\(format.rawValue)"
      let writer = try ArrayFileWriter(path: path)
      try writer.append(slice, to: "a")
      // What stands in the way is a folder.
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      let error = #expect(throws: FileWriteError.self) { try writer.commit(metadata: ["a": 1]) }
      #expect(error?.path == path)
      #expect(try names(in: folder) == ["x.\(format.rawValue)"])
    }
  }

  @Test func metadataThatCannotBeEncoded() throws {
    try withTemporaryFolder { folder in
      let writer = try ArrayFileWriter(path: folder + "/x.npz")
      try writer.append(slice, to: "a")
      #expect(throws: EncodingError.self) { try writer.commit(metadata: ["a": Double.nan]) }
      #expect(try names(in: folder) == [])
    }
  }

  @Test func whatTheSinkThrowsComesThrough() throws {
    struct Full: Error {}
    let writer = try ArrayFileWriter(jsonTo: "here") { _ in throw Full() }
    try writer.append(slice, to: "a")
    #expect(throws: Full.self) { try writer.commit(metadata: ["a": 1]) }
  }
}
