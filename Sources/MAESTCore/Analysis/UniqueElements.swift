extension Sequence where Element: Hashable {
  /// The elements without duplicates, in order of first occurrence.
  package var unique: [Element] {
    var known: Set<Element> = []
    return filter { known.insert($0).inserted }
  }
}
