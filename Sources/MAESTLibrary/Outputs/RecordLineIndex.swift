import Foundation

/// Index of a JSON Lines file: the location of each track's record.
struct RecordLineIndex {
  struct Line {
    var offset: Int
    var byteCount: Int
    var entry: RecordEntry
  }

  /// The last line of each track.
  private(set) var lines: [TrackKey: Line] = [:]
  /// Byte offset of the next line, after the last record.
  private(set) var end = 0
  /// Whether the last record lacks its line end.
  private(set) var lacksLineEnd = false
  /// Whether there are lines that a later line replaces.
  private(set) var hasSupersededLines = false
  /// By digest of settings.
  private var provenances: [String: RecordProvenance] = [:]

  init() {}

  /// Reads the file at `path`. Skips an incomplete last line, which a killed program leaves.
  ///
  /// - Throws: `.notRecords` for a file with any other line, `.cannotRead`.
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

  /// The provenances of lines with annotations.
  var provenanceCounts: [ProvenanceCount] {
    ProvenanceCount.counts(lines.values.lazy.map(\.entry), provenances)
  }

  /// - Parameter settings: digest of settings of a line.
  func provenance(ofSettings settings: String) -> RecordProvenance? { provenances[settings] }

  /// Adds a line at ``end``. The caller writes its bytes there.
  ///
  /// - Parameter byteCount: includes the line end.
  mutating func add(
    _ entry: RecordEntry, ofTrack path: String, _ provenance: RecordProvenance, byteCount: Int
  ) {
    provenances[entry.settings] = provenance
    add(Line(offset: end, byteCount: byteCount - 1, entry: entry), TrackKey(path))
    end += byteCount
  }

  /// Removes the line of a track from the index.
  mutating func remove(_ track: TrackKey) {
    if lines.removeValue(forKey: track) != nil { hasSupersededLines = true }
  }

  /// Notes that the missing line end of the last record was written.
  mutating func endLine() {
    end += 1
    lacksLineEnd = false
  }

  private mutating func add(_ line: Line, _ key: TrackKey) {
    if lines.updateValue(line, forKey: key) != nil { hasSupersededLines = true }
  }

  /// First bytes of records that are done, of records of tracks of CUE sheets that failed, and of others that failed: the
  /// keys are sorted.
  private static let beginnings = ["{\"channels\":", "{\"cue\":", "{\"engine\":"].map { Data($0.utf8) }

  /// Whether bytes may be an incomplete record, or zeros that a file system leaves after a power failure.
  private static func isTorn(_ bytes: Data) -> Bool {
    bytes.allSatisfy { $0 == 0 }
      || beginnings.contains { $0.starts(with: bytes.prefix($0.count)) && !isJSON(bytes) }
  }

  private static func isJSON(_ bytes: Data) -> Bool {
    (try? JSONSerialization.jsonObject(with: bytes)) != nil
  }
}

/// The fields of a record that tell whether it is up to date. Decoding skips all others.
struct RecordHead: Decodable {
  let path: String
  let status: TrackRecord.Status
  let settings: String
  let file: FileState?
  let failedSettings: String?
  let soundSHA256: String?
  let cue: CueTrack?

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: TrackRecord.CodingKeys.self)
    path = try container.decode(String.self, forKey: .path)
    status = try container.decode(TrackRecord.Status.self, forKey: .status)
    file = try FileState(in: container)
    cue = try container.decodeIfPresent(CueTrack.self, forKey: .cue)
    soundSHA256 = try container.decodeIfPresent(String.self, forKey: .soundSHA256)
    let provenance = try decoder.container(keyedBy: RecordProvenance.CodingKeys.self)
    settings = try provenance.decode(String.self, forKey: .settings)
    failedSettings = try container.decodeIfPresent(LaterError.self, forKey: .laterError)?.settings
  }
}
