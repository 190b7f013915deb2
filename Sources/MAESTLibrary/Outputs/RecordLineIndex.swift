import Foundation

/// Which tracks a file of JSON lines has, and where.
struct RecordLineIndex {
  struct Line {
    var offset: Int
    var byteCount: Int
    var entry: RecordEntry
  }

  /// Each track's last line.
  private(set) var lines: [TrackKey: Line] = [:]
  /// Where the next line goes: after the last record.
  private(set) var end = 0
  /// Whether the last record has no end of a line.
  private(set) var lacksLineEnd = false
  /// Whether there are lines that no longer count.
  private(set) var hasSupersededLines = false
  /// By their digests of settings.
  private var provenances: [String: RecordProvenance] = [:]

  init() {}

  /// Reads the file at `path`. A last line that was being written when its program was killed is not counted.
  ///
  /// - Throws: `.notRecords` for a file with anything else, `.cannotRead`.
  init(path: String) throws {
    let reader = try JSONLinesReader(path: path)
    let decoder = JSONDecoder()
    while let line = try reader.next() {
      do {
        let head = try decoder.decode(RecordHead.self, from: line.bytes)
        if provenances[head.settings] == nil {
          provenances[head.settings] = try decoder.decode(RecordProvenance.self, from: line.bytes)
        }
        add(
          Line(offset: line.offset, byteCount: line.bytes.count, entry: RecordEntry(head)),
          TrackKey(head.path))
      } catch  where !line.isComplete && Self.isTorn(line.bytes) {
        return
      } catch is DecodingError {
        throw RecordOutputError.notRecords(path: path, found: "line \(line.number) is none")
      }
      end = line.endOffset
      lacksLineEnd = !line.isComplete
    }
  }

  /// Those of lines with annotations.
  var provenanceCounts: [ProvenanceCount] {
    ProvenanceCount.counts(lines.values.lazy.map(\.entry), provenances)
  }

  /// - Parameter settings: of a line.
  func provenance(ofSettings settings: String) -> RecordProvenance? { provenances[settings] }

  /// Adds a line at ``end``, which its bytes, with the end of the line, follow.
  ///
  /// - Parameter byteCount: with the end of the line.
  mutating func add(
    _ entry: RecordEntry, ofTrack path: String, _ provenance: RecordProvenance, byteCount: Int
  ) {
    provenances[entry.settings] = provenance
    add(Line(offset: end, byteCount: byteCount - 1, entry: entry), TrackKey(path))
    end += byteCount
  }

  /// Says that a track's line counts no longer.
  mutating func remove(_ track: TrackKey) {
    if lines.removeValue(forKey: track) != nil { hasSupersededLines = true }
  }

  /// Says that the last record's line was given its end.
  mutating func endLine() {
    end += 1
    lacksLineEnd = false
  }

  private mutating func add(_ line: Line, _ key: TrackKey) {
    if lines.updateValue(line, forKey: key) != nil { hasSupersededLines = true }
  }

  /// The beginnings of records, of those that are done and those that failed: keys are in order.
  private static let beginnings = ["{\"channels\":", "{\"engine\":"].map { Data($0.utf8) }

  /// Whether bytes may be the beginning of a record, or what a file system leaves of one when the power fails.
  private static func isTorn(_ bytes: Data) -> Bool {
    bytes.allSatisfy { $0 == 0 }
      || beginnings.contains { $0.starts(with: bytes.prefix($0.count)) && !isJSON(bytes) }
  }

  private static func isJSON(_ bytes: Data) -> Bool {
    (try? JSONSerialization.jsonObject(with: bytes)) != nil
  }
}

/// What of a record tells whether it is up to date: decoding it takes none of the rest.
struct RecordHead: Decodable {
  let path: String
  let status: TrackRecord.Status
  let settings: String
  let file: FileState?
  let failedSettings: String?

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: TrackRecord.CodingKeys.self)
    path = try container.decode(String.self, forKey: .path)
    status = try container.decode(TrackRecord.Status.self, forKey: .status)
    file = try FileState(in: container)
    let provenance = try decoder.container(keyedBy: RecordProvenance.CodingKeys.self)
    settings = try provenance.decode(String.self, forKey: .settings)
    failedSettings = try container.decodeIfPresent(LaterError.self, forKey: .laterError)?.settings
  }
}
