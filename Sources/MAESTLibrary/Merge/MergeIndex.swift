/// Which record of each track counts, and where it is.
struct MergeIndex {
  struct Entry {
    /// Index of the input.
    var source: Int
    var place: RecordPlace
    var rank: RecordRank
  }

  private(set) var entries: [TrackKey: Entry] = [:]
  /// Records that were there already, value for value.
  private(set) var duplicateCount = 0
  /// Records that lost against another one of their track.
  private(set) var replacedCount = 0

  /// Takes a record that comes after all before.
  ///
  /// - Parameter record: reads one.
  mutating func add(
    _ entry: Entry, track: String, reading record: (Entry) throws -> TrackRecord
  ) throws {
    let key = TrackKey(track)
    guard let earlier = entries[key] else {
      entries[key] = entry
      return
    }
    // Records of different ranks differ.
    let isTie = !(earlier.rank < entry.rank) && !(entry.rank < earlier.rank)
    if isTie, try record(earlier).jsonLine() == record(entry).jsonLine() {
      duplicateCount += 1
      return
    }
    replacedCount += 1
    // Within a file the later record was made in the place of the earlier one.
    if isTie || earlier.rank < entry.rank || earlier.source == entry.source { entries[key] = entry }
  }

  /// All entries by path, in the order of UTF-8 bytes.
  func sorted() -> [(track: TrackKey, entry: Entry)] {
    entries.map { ($0.key, $0.value) }.sorted { $0.track < $1.track }
  }
}
