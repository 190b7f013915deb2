import Foundation
import MAEST
import MAESTTestSupport
import Testing

/// Files of arrays, read back from their bytes.
@Suite struct ArrayFileTests {
  private struct Facts: Codable, Equatable {
    var model = "30s-pw \"2\" ü\n"
    var layers = [7, 12]
  }

  private let slices = (0..<3).map { patch in
    Tensor(shape: [2, 4], elements: (0..<8).map { Float($0 * (patch + 1)) / 7 - 1 })
  }
  private let vector = Tensor(shape: [3], elements: [0.1, -0.0, 0x1p-140])
  private var elements: [Float] { slices.flatMap(\.elements) }

  private func write(
    to path: String, names: [String] = ["layer07.tokens", "mean ü 'x' \" {}"],
    elementType: ArrayElementType = .float32
  ) throws {
    let writer = try ArrayFileWriter(path: path, elementType: elementType)
    for (index, slice) in slices.enumerated() {
      try writer.append(slice, to: names[0])
      if index == 0, names.count > 1 { try writer.add(vector, named: names[1]) }
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    let entries = try writer.commit(metadata: Facts())
    #expect(entries.map(\.name) == names)
    #expect(entries.map(\.shape) == Array([[3, 2, 4], [3]].prefix(names.count)))
  }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func oneArrayForNumPy() throws {
    try withTemporaryFolder { folder in
      try write(to: folder + "/x.npy", names: ["tokens"])
      let array = try NumPyArray(contentsOfFile: folder + "/x.npy")
      #expect(array.shape == [3, 2, 4])
      expectIdentical(array.elements, elements)
      try NumPyWriter.write(Tensor(shape: [3, 2, 4], elements: elements), to: folder + "/y.npy")
      #expect(try contents(folder + "/x.npy") == contents(folder + "/y.npy"))
      #expect(try names(in: folder) == ["x.npy", "y.npy"])
    }
  }

  @Test func severalArraysForNumPy() throws {
    try withTemporaryFolder { folder in
      try write(to: folder + "/x.npz")
      let file = try ZipFile(contentsOfFile: folder + "/x.npz")
      #expect(
        file.entries.map(\.name) == ["layer07.tokens.npy", "mean ü 'x' \" {}.npy", "metadata.npy"])
      let arrays = try file.entries.prefix(2).map { try NumPyArray($0.data, name: $0.name) }
      #expect(arrays.map(\.shape) == [[3, 2, 4], [3]])
      expectIdentical(arrays[0].elements, elements)
      expectIdentical(arrays[1].elements, vector.elements)
      let text = try NumPyArray.text(try #require(file["metadata.npy"]), name: "metadata")
      #expect(try JSONDecoder().decode(Facts.self, from: Data(text.utf8)) == Facts())
      #expect(try names(in: folder) == ["x.npz"])
    }
  }

  @Test func severalTensorsForSafeTensors() throws {
    try withTemporaryFolder { folder in
      try write(to: folder + "/x.safetensors")
      let file = try SafeTensorsFile(path: folder + "/x.safetensors")
      #expect(file.entries.count == 2)
      let tokens = try #require(file.entries["layer07.tokens"])
      #expect(tokens.shape == [3, 2, 4])
      #expect(tokens.elementType == .float32)
      let bytes = try contents(folder + "/x.safetensors").dropFirst(file.dataOffset)
      expectIdentical(ArrayElementType.float32.decode(Data(bytes.prefix(96))), elements)
      expectIdentical(ArrayElementType.float32.decode(Data(bytes.dropFirst(96))), vector.elements)
      let text = try #require(file.metadata["metadata"])
      #expect(try JSONDecoder().decode(Facts.self, from: Data(text.utf8)) == Facts())
      #expect(try names(in: folder) == ["x.safetensors"])
    }
  }

  private struct JSONFile: Decodable {
    struct Stored<Values: Decodable>: Decodable {
      var dtype: String
      var shape: [Int]
      var values: Values
    }
    struct Arrays: Decodable {
      var tokens: Stored<[[[Float?]]]>
      var mean: Stored<[Float?]>
    }
    var metadata: Facts
    var arrays: Arrays
  }

  @Test func json() throws {
    try withTemporaryFolder { folder in
      try write(to: folder + "/x.JSON", names: ["tokens", "mean"])
      let data = try contents(folder + "/x.JSON")
      let file = try JSONDecoder().decode(JSONFile.self, from: data)
      #expect(file.metadata == Facts())
      #expect(file.arrays.tokens.dtype == "float32")
      #expect(file.arrays.tokens.shape == [3, 2, 4])
      #expect(file.arrays.tokens.values.map(\.count) == [2, 2, 2])
      expectIdentical(file.arrays.tokens.values.joined().joined().map { $0 ?? .nan }, elements)
      expectIdentical(file.arrays.mean.values.map { $0 ?? .nan }, vector.elements)
      #expect(data.count { $0 == UInt8(ascii: "\n") } == 1)
      var streamed = Data()
      let writer = try ArrayFileWriter(jsonTo: "standard output") { streamed += $0 }
      for slice in slices { try writer.append(slice, to: "tokens") }
      try writer.add(vector, named: "mean")
      try writer.commit(metadata: Facts())
      #expect(streamed == data)
    }
  }

  @Test func jsonHasNullForWhatItCannotSay() throws {
    var text = Data()
    let writer = try ArrayFileWriter(jsonTo: "here") { text += $0 }
    let values: [Float] = [.nan, .infinity, -.infinity, 3.4028235e38, 0x1p-149, -0.0]
    try writer.add(Tensor(shape: [2, 3], elements: values), named: "\"x\"\u{2028}é")
    try writer.add(Tensor(shape: [], elements: [2.5]), named: "number")
    try writer.add(Tensor(shape: [2, 0], elements: []), named: "nothing")
    try writer.commit(metadata: ["a": 1])
    let found = String(decoding: text, as: UTF8.self)
    #expect(found.hasPrefix(#"{"metadata":{"a":1},"arrays":{"\"x\"#))
    #expect(found.contains(#""values":[[null,null,null],[3.4028235e+38,1e-45,-0.0]]}"#))
    #expect(found.contains(#""number":{"dtype":"float32","shape":[],"values":2.5}"#))
    #expect(found.contains(#""nothing":{"dtype":"float32","shape":[2, 0],"values":[]}"#))
    let names = try #require(JSONSerialization.jsonObject(with: text) as? [String: [String: Any]])["arrays"]
    #expect(names?["\"x\"\u{2028}é"] != nil)
  }

  @Test(arguments: ["npy", "npz", "safetensors", "json"])
  func theSameArraysGiveTheSameBytes(format: String) throws {
    try withTemporaryFolder { folder in
      let paths = [folder + "/x.\(format)", folder + "/a longer name.\(format)"]
      for path in paths { try write(to: path, names: format == "npy" ? ["a"] : ["a", "b"]) }
      #expect(try contents(paths[0]) == contents(paths[1]))
    }
  }

  /// More than one piece of a spool, over two writes of 1 MiB.
  @Test(arguments: ["npy", "npz", "json", "safetensors"])
  func longArrays(format: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/x.\(format)"
      let writer = try ArrayFileWriter(path: path)
      let slices = (0..<3).map { slice in
        Tensor(shape: [200_001], elements: (0..<200_001).map { Float($0 &* 7 + slice) })
      }
      for slice in slices { try writer.append(slice, to: "x") }
      try writer.commit(metadata: ["a": 1])
      let expected = slices.flatMap(\.elements)
      switch format {
      case "npy": expectIdentical(try NumPyArray(contentsOfFile: path).elements, expected)
      case "npz":
        let data = try #require(try ZipFile(contentsOfFile: path)["x.npy"])
        expectIdentical(try NumPyArray(data, name: "x").elements, expected)
      case "json":
        struct File: Decodable {
          struct Array: Decodable { var values: [[Float]] }
          var arrays: [String: Array]
        }
        let file = try JSONDecoder().decode(File.self, from: contents(path))
        expectIdentical(file.arrays["x"]?.values.flatMap(\.self) ?? [], expected)
      default:
        let file = try SafeTensorsFile(path: path)
        expectIdentical(
          ArrayElementType.float32.decode(Data(try contents(path).dropFirst(file.dataOffset))), expected)
      }
    }
  }

  private func contents(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }
}
