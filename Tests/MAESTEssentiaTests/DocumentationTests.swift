import Foundation
import MAESTTestSupport
import Testing

@Suite struct DocumentationTests {
  /// The README promises what the tests hold the engine to.
  @Test func theToleranceIsThatOfTheTests() throws {
    let text = try Documentation.readme.text().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let promise = try #require(text.firstRange(of: "activations and tokens within "))
    let number = text[promise.upperBound...].prefix { $0 != "," }
    #expect(Double(number) == EssentiaTolerance.tokens)
    #expect(Float(number) == EssentiaTolerance.activations)
  }

  @Test func everyOfficialFileIsListedWithItsSize() throws {
    struct Catalogue: Decodable {
      struct File: Decodable {
        let path: String
        let byteCount: Int?
      }
      struct Entry: Decodable {
        let graph: File
        let onnx: File?
      }
      let models, heads: [Entry]
    }
    let path = Documentation.path("Sources/MAESTHub/Catalogue/catalogue.json")
    let catalogue = try JSONDecoder().decode(Catalogue.self, from: Data(contentsOf: URL(filePath: path)))
    let rows = try Documentation.comingFromEssentia.text().split(separator: "\n").filter { $0.hasPrefix("|") }
    let english = Locale(identifier: "en")
    for (entry, namesSizes) in catalogue.models.map({ ($0, [$0.graph, $0.onnx]) })
      + catalogue.heads.map({ ($0, [$0.graph]) })
    {
      let name = URL(filePath: entry.graph.path).lastPathComponent
      let row = try #require(rows.first { $0.contains("`\(name)`") }, "\(name) is not listed")
      for size in namesSizes.compactMap({ $0?.byteCount }) {
        #expect(row.contains(size.formatted(.number.locale(english))), "\(name): \(size) bytes")
      }
    }
  }
}
