import Foundation
import MAESTFuzzing
import MAESTTestSupport
import Testing

/// Inputs that coverage-guided fuzzing found, each of which reaches something that the others do not, and those that
/// failed once. A trap ends the tests.
@Suite struct FuzzInputTests {
  private static let readers = Reader.allCases.filter { $0 != .savedModel }

  @Test(arguments: readers) func everyKeptInputIsConvertedOrRefused(reader: Reader) throws {
    let inputs = Fixtures.path("fuzz/inputs/\(reader.rawValue)")
    let names = try FileManager.default.contentsOfDirectory(atPath: inputs).sorted()
    try withTemporaryFolder { folder in
      var (converted, refused) = (0, 0)
      for name in names {
        let bytes = try Data(contentsOf: URL(filePath: "\(inputs)/\(name)"))
        let outcome = try SingleInput(bytes, for: reader).outcome(in: folder, mendingChecksum: true)
        switch try #require(outcome) {
        case .converted: converted += 1
        case .refused(let reason):
          refused += 1
          #expect(!reason.isEmpty, "\(name)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty, "left behind by \(name)")
      }
      #expect(converted > 0 && refused > 0, "\(converted) converted, \(refused) refused")
    }
  }

  /// A changed header that keeps its checksum would be refused by it alone, and nothing behind it be tried.
  @Test func changedWeightFilesGetPastTheirChecksum() throws {
    let path = Fixtures.path("fuzz/weights.safetensors")
    let bytes = try Data(contentsOf: URL(filePath: path))
    let place = try #require(bytes.range(of: Data("\"block_count\":\"1\"".utf8)))
    var changed = bytes
    changed.replaceSubrange(place, with: Data("\"block_count\":\"2\"".utf8))
    try withTemporaryFolder { folder in
      func reason(mendingChecksum: Bool) throws -> String {
        let input = SingleInput(changed, for: .weights)
        guard case .refused(let reason)? = try input.outcome(in: folder, mendingChecksum: mendingChecksum)
        else {
          return "converted"
        }
        return reason
      }
      let (asItIs, mended) = (try reason(mendingChecksum: false), try reason(mendingChecksum: true))
      #expect(asItIs.contains("checksum"), "\(asItIs)")
      #expect(mended.contains("blocks.1."), "\(mended)")
    }
  }

  @Test func structuredChangesDependOnTheSeedOnly() throws {
    for path in ["fuzz/flat.pb", "fuzz/model.onnx", "fuzz/hugging-face.safetensors", "fuzz/records.jsonl"] {
      let input = try SingleInput(path: Fixtures.path(path))
      let (first, second) = (try #require(input.changed(seed: 3)), try #require(input.changed(seed: 3)))
      #expect(first.bytes == second.bytes)
      let others = (4..<20).compactMap { input.changed(seed: $0)?.bytes }
      #expect(others.count == 16 && others.contains { $0 != first.bytes })
    }
  }
}
