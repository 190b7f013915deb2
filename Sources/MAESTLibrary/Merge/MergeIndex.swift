/// Selects one record for each track and stores its location.
struct MergeIndex {
  struct Entry {
    /// Index of the input.
    var source: Int
    var place: RecordPlace
    var rank: RecordRank
  }

  private(set) var entries: [TrackKey: Entry] = [:]
  /// Records that are equal to an earlier one.
  private(set) var duplicateCount = 0
  /// Records that lost against another record of the same track.
  private(set) var replacedCount = 0

  /// Adds a record. Records must be added in the order of the inputs.
  ///
  /// - Parameter record: reads a record.
  mutating func add(
    _ entry: Entry, track: String, reading record: (Entry) throws -> TrackRecord
  ) throws {
    let key = TrackKey(track)
    guard let earlier = entries[key] else {
      entries[key] = entry
      return
    }
    // Records of different ranks cannot be equal.
    let isTie = !(earlier.rank < entry.rank) && !(entry.rank < earlier.rank)
    if isTie, try record(earlier).jsonLine() == record(entry).jsonLine() {
      duplicateCount += 1
      return
    }
    replacedCount += 1
    // Within a file, a later record replaces an earlier one.
    if isTie || earlier.rank < entry.rank || earlier.source == entry.source { entries[key] = entry }
  }

  /// All entries by path, in the order of UTF-8 bytes.
  func sorted() -> [(track: TrackKey, entry: Entry)] {
    entries.map { ($0.key, $0.value) }.sorted { $0.track < $1.track }
  }
}
