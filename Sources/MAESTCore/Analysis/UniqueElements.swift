extension Sequence where Element: Hashable {
  /// Each element where it comes first.
  package var unique: [Element] {
    var known: Set<Element> = []
    return filter { known.insert($0).inserted }
  }
}
