import Foundation
import MAESTTestSupport
import MAESTWeights
import Testing

/// The bytes of a weight file, read with nothing but a JSON parser.
@Suite struct LayoutTests {
  /// A tensor as the header has it.
  private struct Line {
    let name: String
    let type: String
    let shape: [Int]
    let range: Range<Int>
  }

  /// A file's length field, header and size.
  private struct Layout {
    let fileByteCount: Int
    let dataOffset: Int
    let metadata: [String: String]
    /// In the order of the data.
    let lines: [Line]

    init(_ bytes: Data) throws {
      let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      let header = try #require(
        try JSONSerialization.jsonObject(with: bytes[8..<(8 + length)]) as? [String: Any])
      fileByteCount = bytes.count
      dataOffset = 8 + length
      metadata = try #require(header["__metadata__"] as? [String: String])
      lines = try header.filter { $0.key != "__metadata__" }.map { name, value in
        let value = try #require(value as? [String: Any])
        #expect(Set(value.keys) == ["dtype", "shape", "data_offsets"], "\(name)")
        let offsets = try #require(value["data_offsets"] as? [Int])
        return Line(
          name: name, type: try #require(value["dtype"] as? String),
          shape: try #require(value["shape"] as? [Int]), range: try #require(offsets.first)..<offsets[1])
      }.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }
  }

  private static func written(_ configuration: ModelConfiguration) throws -> Data {
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/model", configuration)
      return try Data(contentsOf: URL(filePath: folder + "/model"))
    }
  }

  @Test(arguments: RoundTripTests.configurations)
  func itIsAPlainSafetensorsFile(configuration: ModelConfiguration) throws {
    let layout = try Layout(Self.written(configuration))
    #expect(layout.metadata["maest.version"] == "1")
    var end = 0
    for line in layout.lines {
      #expect(line.range.lowerBound == end, "\(line.name) leaves no hole and overlaps nothing")
      #expect(line.range.count == line.shape.reduce(line.type == "F32" ? 4 : 1, *), "\(line.name)")
      end = line.range.upperBound
    }
    #expect(layout.dataOffset + end == layout.fileByteCount, "the last tensor ends where the file ends")
    let parameters = Set(layout.lines.filter { $0.type == "F32" }.map { Parameter($0.name, $0.shape) })
    #expect(parameters == Set(configuration.parameters))
  }

  @Test(arguments: RoundTripTests.configurations)
  func everyParameterIsAlignedTo64Bytes(configuration: ModelConfiguration) throws {
    let layout = try Layout(Self.written(configuration))
    #expect(layout.dataOffset % 64 == 0)
    for line in layout.lines where line.type == "F32" {
      #expect((layout.dataOffset + line.range.lowerBound) % 64 == 0, "\(line.name)")
    }
  }

  @Test func paddingIsShortAndZero() throws {
    let bytes = try Self.written(Models.odd)
    let layout = try Layout(bytes)
    let padding = layout.lines.filter { $0.type != "F32" }
    let ragged = Models.odd.parameters.count { $0.shape.reduce(4, *) % 64 != 0 }
    #expect(ragged > 30, "this model has sizes to pad")
    // The last tensor needs none after it.
    #expect(padding.count == ragged - 1)
    for line in padding {
      #expect(line.type == "U8" && line.name.hasPrefix("padding.") && line.shape == [line.range.count])
      #expect((1..<64).contains(line.range.count), "\(line.name)")
      let start = layout.dataOffset + line.range.lowerBound
      #expect(bytes[start..<(start + line.range.count)].allSatisfy { $0 == 0 }, "\(line.name)")
    }
  }

  @Test func theLastOfManyTensorsHasTheBytesOfItsNumbers() throws {
    let bytes = try Self.written(Models.odd)
    let line = try #require(try Layout(bytes).lines.last)
    let expected = try #require(TinyModel.parameters(Models.odd)[line.name])
    let found = bytes.suffix(line.range.count)
    let littleEndian = expected.flatMap { number in (0..<4).map { UInt8(number.bitPattern >> (8 * $0) & 255) }
    }
    #expect(Array(found) == littleEndian)
  }
}
