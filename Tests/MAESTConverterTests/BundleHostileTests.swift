import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import Testing

/// Indices of checkpoints with good checksums that say what none says.
@Suite struct BundleHostileTests {
  private let original = Fixtures.path("graphs/maest-module-savedmodel")
  private static let name = "/variables/variables.index"

  /// The reason for which the model with a changed index is refused; empty where it is converted.
  private func refusal(
    table change: (inout TableWriter) -> Void = { _ in },
    entries changeEntries: (inout [TableWriter.Entry]) throws -> Void = { _ in }
  ) throws -> String {
    let index = try Data(contentsOf: URL(filePath: original + Self.name))
    var entries = try SortedStringTable.entries(of: [UInt8](index), path: "index")
      .map { TableWriter.Entry(key: $0.key, value: [UInt8]($0.value)) }
    try changeEntries(&entries)
    var table = TableWriter { CRC32C.masked($0) }
    change(&table)
    return try withTemporaryFolder { folder in
      try FileManager.default.copyItem(atPath: original, toPath: folder + "/model")
      try table.file(entries).write(to: URL(filePath: folder + "/model" + Self.name))
      do {
        _ = try SourceReader.model(at: folder + "/model")
        return ""
      } catch { return "\(error)" }
    }
  }

  @Test func anIndexThatIsWrittenAnewConverts() throws {
    #expect(try refusal() == "")
    #expect(try refusal(table: { $0.entriesPerBlock = 3 }) == "")
  }

  /// A block without entries could be listed any number of times, and its checksum computed each time.
  @Test func blocksAreReadOnce() throws {
    let text = try refusal(table: { $0.blockRepetitions = 2 })
    #expect(text.contains("its data blocks overlap or are not in order"))
    let empty = try refusal(table: { $0.blockRepetitions = 2 }, entries: { $0 = [] })
    #expect(empty.contains("its data blocks overlap") || empty.contains("does not say how many data files"))
  }

  @Test func manyEntries() throws {
    #expect(try refusal(table: { $0.emptyEntries = 100_000 }).contains("too many or too long keys"))
    let long = try refusal(entries: { $0[$0.count - 1].key += Array(repeating: 0x7a, count: 1 << 24) })
    #expect(long.contains("too many or too long keys"))
  }

  @Test(arguments: [Int64.max, 1, 4]) func tensorsDoNotOverlap(size: Int64) throws {
    let text = try refusal(entries: { entries in
      for index in entries.indices.dropFirst() {
        var entry = try TensorFlowBundleEntryProto(serializedBytes: Data(entries[index].value))
        guard entry.size > 8 else { continue }
        // The tensor reaches `size` bytes into the next one, or beyond every file.
        entry.size = size == .max ? size : entry.size + size
        entries[index].value = [UInt8](entry.serializedBytes)
        return
      }
    })
    #expect(text.contains("overlaps another one") || text.contains("bytes at"), "\(text)")
  }

  @Test func shapesOfManyAxes() throws {
    let text = try refusal(entries: { entries in
      for index in entries.indices.dropFirst() {
        var entry = try TensorFlowBundleEntryProto(serializedBytes: Data(entries[index].value))
        entry.shape.dim = Array(repeating: .with { $0.size = 1 }, count: 100_000)
        entries[index].value = [UInt8](entry.serializedBytes)
      }
    })
    #expect(text.contains("allowed are 64"), "\(text)")
  }
}
