/// A track's path, compared byte by byte: paths that differ only in Unicode normalization are different files.
package struct TrackKey: Hashable, Comparable, Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package static func == (left: TrackKey, right: TrackKey) -> Bool {
    left.path.utf8.elementsEqual(right.path.utf8)
  }

  package static func < (left: TrackKey, right: TrackKey) -> Bool {
    left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    var text = path
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
