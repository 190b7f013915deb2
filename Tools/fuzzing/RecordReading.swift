import Foundation
import MAESTLibrary

/// Reads records as the program does when it goes on with a library, and when it merges.
enum RecordReading {
  /// Databases are slow to make: only files up to this size are merged into one.
  private static let databaseLimit = 1 << 14

  /// Reads the lines of the file at `path`, looks up what it has, and merges it.
  ///
  /// - Throws: `RecordOutputError`, of the merging.
  static func read(_ path: String) throws {
    try? readLines(path)
    try lookUp(path)
    try merge(path)
  }

  /// Lines are the same however much is read at once, and records are the same once more from their own line.
  private static func readLines(_ path: String) throws {
    let (whole, pieces) = (try JSONLinesReader(path: path), try JSONLinesReader(path: path, pieceSize: 61))
    while let line = try whole.next() {
      let (same, again) = (try pieces.next(), try whole.read(offset: line.offset, count: line.bytes.count))
      precondition(same == line && again == line.bytes)
      guard let record = try? TrackRecord(jsonLine: line.bytes) else { continue }
      let written = try record.jsonLine()
      let read = try TrackRecord(jsonLine: written)
      precondition(read == record && !written.contains(UInt8(ascii: "\n")))
    }
    let end = try pieces.next()
    precondition(end == nil)
  }

  private static func lookUp(_ path: String) throws {
    do {
      let lookup = try JSONLinesFile.lookup(path: path)
      var trackCount = 0
      try lookup.forEachTrack { track in
        trackCount += 1
        let (entry, record) = (try lookup.entry(ofTrack: track), try lookup.record(ofTrack: track))
        precondition(record.map(RecordEntry.init) == entry, "\(track) is another one in short")
      }
      let counts = try lookup.provenances().map(\.count)
      precondition(counts.reduce(0, +) <= trackCount)
    } catch is RecordOutputError {
      // Merging is less strict about the last line, and tells the rest.
    }
  }

  private static func merge(_ inputs: [String], to output: String) throws -> MergeSummary {
    var merge = try RecordMerge(inputs: inputs, output: output)
    merge.mixesSettings = true
    return try merge.run(replacing: true)
  }

  /// Merges the file alone, and the result with the file again, which has to give the same bytes.
  private static func merge(_ path: String) throws {
    let stem = URL(filePath: path).deletingPathExtension().path(percentEncoded: false)
    let outputs = ["\(stem)-once.jsonl", "\(stem)-twice.jsonl", "\(stem).sqlite"]
    defer { for output in outputs { unlink(output) } }
    let summary = try merge([path], to: outputs[0])
    _ = try merge([outputs[0], path], to: outputs[1])
    let contents = try outputs.prefix(2).map { try Data(contentsOf: URL(filePath: $0)) }
    precondition(contents[0] == contents[1], "merging again gives other bytes")
    guard contents[0].count <= databaseLimit else { return }
    _ = try merge([outputs[0]], to: outputs[2])
    let back = try merge([outputs[2]], to: outputs[1])
    precondition(back.trackCount == summary.trackCount, "\(back.trackCount) of \(summary.trackCount) tracks")
  }
}
