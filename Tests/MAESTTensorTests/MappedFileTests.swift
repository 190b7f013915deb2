import Foundation
import MAESTTensor
import Testing

struct MappedFileTests {
  /// Gives a test a path of its own in a folder that goes afterwards.
  private func withTemporaryPath(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "numbers").path)
  }

  private func bytes(of numbers: [Float]) -> Data {
    numbers.withUnsafeBytes { Data($0) }
  }

  @Test func numbersAreReadInPlace() throws {
    try withTemporaryPath { path in
      try bytes(of: (0..<10).map(Float.init)).write(to: URL(filePath: path))
      let file = try MappedFile(path: path)
      #expect(file.byteCount == 40)
      #expect(file.matrix(atByteOffset: 8, rows: 2, columns: 3).elements() == [2, 3, 4, 5, 6, 7])
      #expect(file.matrix(atByteOffset: 8, rows: 2, columns: 3)[1, 2] == 7)
      #expect(file.vector(atByteOffset: 36, count: 1).elements() == [9])
      #expect(file.vector(atByteOffset: 40, count: 0).elements().isEmpty)
      #expect(file.withUnsafeBytes { $0.count } == 40)
    }
  }

  @Test func viewsOutliveTheFileObject() throws {
    try withTemporaryPath { path in
      try bytes(of: [1, 2, 3]).write(to: URL(filePath: path))
      let vector = try MappedFile(path: path).vector(atByteOffset: 4, count: 2)
      try FileManager.default.removeItem(atPath: path)
      #expect(vector.elements() == [2, 3])
    }
  }

  @Test func aSizeThatIsNoMultipleOfFour() throws {
    try withTemporaryPath { path in
      try (bytes(of: [1, 2]) + Data([7, 8])).write(to: URL(filePath: path))
      let file = try MappedFile(path: path)
      #expect(file.byteCount == 10)
      #expect(file.vector(atByteOffset: 0, count: 2).elements() == [1, 2])
      #expect(file.withUnsafeBytes { $0[9] } == 8)
    }
  }

  @Test func aMissingFile() throws {
    try withTemporaryPath { path in
      #expect(throws: MappedFileError.missing(path: path)) { try MappedFile(path: path) }
    }
  }

  @Test func aFolder() throws {
    try withTemporaryPath { path in
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      #expect(throws: MappedFileError.notARegularFile(path: path)) { try MappedFile(path: path) }
    }
  }

  @Test func anEmptyFile() throws {
    try withTemporaryPath { path in
      try Data().write(to: URL(filePath: path))
      #expect(throws: MappedFileError.empty(path: path)) { try MappedFile(path: path) }
    }
  }

  @Test func aPathThroughAFile() throws {
    try withTemporaryPath { path in
      try bytes(of: [1]).write(to: URL(filePath: path))
      let error = #expect(throws: MappedFileError.self) { try MappedFile(path: path + "/inside") }
      guard case .unreadable(let name, let code, let reason) = error else {
        Issue.record("\(String(describing: error)) instead of unreadable")
        return
      }
      #expect(name == path + "/inside")
      #expect(code == ENOTDIR)
      #expect(!reason.isEmpty)
    }
  }

  @Test func errorsNameThePath() {
    let errors: [MappedFileError] = [
      .missing(path: "/a/b"), .notARegularFile(path: "/a/b"), .empty(path: "/a/b"),
      .unreadable(path: "/a/b", code: 13, reason: "Permission denied"),
    ]
    #expect(errors.allSatisfy { $0.description.contains("/a/b") })
    #expect(errors[3].description.contains("Permission denied") && errors[3].description.contains("13"))
  }

  @Test func numbersBehindTheEndEndTheProcess() async {
    await #expect(processExitsWith: .failure) {
      guard let file = try? MappedFile(path: #filePath) else { return }
      _ = file.matrix(atByteOffset: 4, rows: 1, columns: file.byteCount / 4)
    }
  }

  @Test func numbersAtAnOddByteEndTheProcess() async {
    await #expect(processExitsWith: .failure) {
      guard let file = try? MappedFile(path: #filePath) else { return }
      _ = file.vector(atByteOffset: 2, count: 1)
    }
  }
}
