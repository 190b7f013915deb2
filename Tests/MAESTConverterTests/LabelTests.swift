import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import Testing

/// Where the labels come from.
@Suite struct LabelTests {
  /// Converts the fixtures' flat graph, cut to `labelCount` labels, in a folder with `metadata` beside it.
  private func convert(
    labelCount: Int = 400, beside metadata: String? = nil, given: String? = nil
  ) throws -> Converted {
    try withTemporaryFolder { folder in
      var graph = try EditableGraph()
      if labelCount != 400 { try graph.cut(labelCount: labelCount) }
      let bytes = graph.definition.serializedBytes
      try bytes.write(to: URL(filePath: folder + "/graph.pb"))
      if let metadata { try Data(metadata.utf8).write(to: URL(filePath: folder + "/graph.json")) }
      if let given { try Data(given.utf8).write(to: URL(filePath: folder + "/given.json")) }
      return try Conversion.convert(
        graphAt: folder + "/graph.pb", metadataAt: given.map { _ in folder + "/given.json" },
        to: folder + "/out.safetensors")
    }
  }

  private static func json(_ labels: [String]) throws -> String {
    String(decoding: try JSONEncoder().encode(["classes": labels]), as: UTF8.self)
  }

  private static let seven = ["a---b", "c, d---e/f", "ß", "\"quoted\"", "", "日本---語", "a---b"]

  @Test func besideTheGraph() throws {
    try withTemporaryFolder { folder in
      let converted = try Conversion.convert(
        graphAt: FixtureGraph.version2.path, to: folder + "/out.safetensors")
      let object = try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(filePath: FixtureGraph.metadataPath)))
      let classes = try #require((object as? [String: Any])?["classes"] as? [String])
      #expect(classes.count == 400)
      #expect(converted.report.description.labels == classes)
      #expect(converted.report.description.provenance.labelSource == "discogs-maest-5s-tiny-2.json")
      #expect(converted.report.notices == [])
    }
    #expect(
      GraphConverter.metadataPath(besideGraphAt: FixtureGraph.version2.path) == FixtureGraph.metadataPath)
    #expect(GraphConverter.metadataPath(besideGraphAt: FixtureGraph.version1.path) == nil)
  }

  @Test func namesOfAnyKind() throws {
    let converted = try convert(labelCount: 7, beside: try Self.json(Self.seven))
    #expect(converted.report.description.labels == Self.seven)
    #expect(converted.report.notices == [])
  }

  @Test func theFileThatIsGivenWins() throws {
    let other = (0..<7).map { "other \($0)" }
    let converted = try convert(
      labelCount: 7, beside: try Self.json(Self.seven), given: try Self.json(other))
    #expect(converted.report.description.labels == other)
    #expect(converted.report.description.provenance.labelSource == "given.json")
  }

  @Test func theLabelsDoNotChangeTheWeights() throws {
    let numbered = try convert(labelCount: 7)
    let named = try convert(labelCount: 7, beside: try Self.json(Self.seven))
    expectSame(numbered, named)
    #expect(numbered.bytes != named.bytes)
  }

  @Test(arguments: [0, 6, 8, 400])
  func aWrongCount(count: Int) throws {
    let labels = try Self.json((0..<count).map { "label \($0)" })
    let error = #expect(throws: ConversionError.self) { try convert(labelCount: 7, given: labels) }
    guard case .badMetadata(let path, let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path.hasSuffix("given.json"))
    #expect(reason.contains("\(count) classes") && reason.contains("7 outputs"), "\(reason)")
  }

  @Test func aWrongCountBesideTheGraph() throws {
    let labels = try Self.json(["one"])
    let error = #expect(throws: ConversionError.self) { try convert(labelCount: 7, beside: labels) }
    #expect("\(try #require(error))".contains("metadata file"))
  }

  @Test(arguments: [
    "", "{", "[]", "null", "7", "{}", "{\"classes\": null}", "{\"classes\": \"a\"}", "{\"classes\": [1, 2]}",
    "{\"classes\": [\"a\", null]}", "{\"Classes\": [\"a\"]}", "{\"classes\": [\"a\"]", "\u{0}", "classes: a",
  ])
  func badFiles(text: String) throws {
    let error = #expect(throws: ConversionError.self) { try convert(labelCount: 7, given: text) }
    guard case .badMetadata(let path, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path.hasSuffix("given.json"))
  }

  @Test func deeplyNestedAndNoText() throws {
    let nested = String(repeating: "[", count: 100_000)
    #expect(throws: ConversionError.self) { try convert(labelCount: 7, given: nested) }
    #expect(throws: ConversionError.self) { try convert(labelCount: 7, given: "{\"classes\": " + nested) }
    try withTemporaryFolder { folder in
      let path = folder + "/latin1.json"
      try Data([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]).write(to: URL(filePath: path))
      #expect(throws: ConversionError.self) {
        try GraphConverter.convert(
          graphAt: FixtureGraph.version1.path, metadataAt: path, to: folder + "/out.safetensors")
      }
    }
  }

  @Test(arguments: ["missing.json", ".", "/dev/zero", "/dev/null"])
  func unreadable(name: String) throws {
    try withTemporaryFolder { folder in
      let path = name.hasPrefix("/") ? name : folder + "/" + name
      let error = #expect(throws: ConversionError.self) {
        try GraphConverter.convert(
          graphAt: FixtureGraph.version1.path, metadataAt: path, to: folder + "/out.safetensors")
      }
      guard case .badMetadata(path, _)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names == [])
    }
  }

  @Test func withoutMetadataFourHundredAreTheDiscogsStyles() throws {
    let report = try FixtureGraph.version1.converted.report
    #expect(report.description.labels.count == 400)
    #expect(Set(report.description.labels).count == 400)
    #expect(report.description.labels.first == "Blues---Boogie Woogie")
    #expect(report.description.labels.allSatisfy { $0.contains("---") })
    #expect(report.description.provenance.labelSource == "400 Discogs styles")
    let notice = try #require(report.notices.first)
    #expect(report.notices.count == 1)
    #expect(notice.contains("400") && notice.contains("Discogs") && notice.contains("metadata file"))
  }

  @Test func otherCountsAreNumbered() throws {
    let report = try convert(labelCount: 7).report
    #expect(report.description.configuration.labelCount == 7)
    #expect(report.description.labels == (0..<7).map { "label \($0)" })
    #expect(report.description.provenance.labelSource == "numbered")
    #expect(report.notices.count == 1 && report.notices[0].contains("7 labels"))
  }

  @Test func theHeadIsCutWhereItShouldBe() throws {
    let full = try #require(try FixtureGraph.version2.converted.tensors["head.dense.weight"])
    let cut = try #require(try convert(labelCount: 7).tensors["head.dense.weight"])
    expectIdentical(cut, (0..<48).flatMap { row in full[(400 * row)..<(400 * row + 7)] })
  }
}
