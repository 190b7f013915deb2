/// Suggestions for a mistyped name.
enum NearestNames {
  /// At most `count` of `names`: first those that begin with `name`, then the nearest by edit distance, within a limit.
  static func of(_ name: String, among names: [String], count: Int = 3) -> [String] {
    let wanted = Array(name.lowercased().utf8.prefix(100))
    let ranked = Set(names).map { other in
      let isContinued = wanted.count > 2 && other.utf8.starts(with: wanted)
      return (name: other, rank: isContinued ? 0 : 1, distance: editDistance(wanted, Array(other.utf8)))
    }
    .filter { $0.rank == 0 || $0.distance <= max(2, $0.name.utf8.count / 3) }
    .sorted { ($0.rank, $0.distance, $0.name) < ($1.rank, $1.distance, $1.name) }
    return ranked.prefix(count).map(\.name)
  }

  /// The Levenshtein distance of two byte strings.
  static func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var row = Array(0...second.count)
    for (index, byte) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in second.enumerated() {
        let replaced = diagonal + (byte == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
      }
    }
    return row[second.count]
  }
}
