/// Cuts a line into dashes.
package struct DashedLine {
  /// Alternating lengths of dashes and gaps; empty for a solid line.
  package let lengths: [Double]

  package init(lengths: [Double]) {
    self.lengths = lengths
  }

  /// Returns the pieces of a line that are drawn: the whole line if dashes and gaps together are shorter than 0.1
  /// points.
  package func dashes(along points: [Point]) -> [[Point]] {
    // Invisibly short dashes would give an enormous number of pieces.
    guard let first = points.first, lengths.allSatisfy({ $0 >= 0 }), lengths.reduce(0, +) >= 0.1 else {
      return [points]
    }
    var (index, left) = (0, lengths[0])
    var (place, dash) = (first, [first])
    var dashes: [[Point]] = []
    for end in points.dropFirst() {
      while true {
        let (dx, dy) = (end.x - place.x, end.y - place.y)
        let distance = (dx * dx + dy * dy).squareRoot()
        guard distance > 0, distance >= left else {
          left -= distance
          place = end
          if index % 2 == 0 { dash.append(end) }
          break
        }
        place = Point(x: place.x + dx * left / distance, y: place.y + dy * left / distance)
        if index % 2 == 0 {
          dashes.append(dash + [place])
          dash = []
        } else {
          dash = [place]
        }
        index = (index + 1) % (lengths.count + lengths.count % 2)
        left = lengths[index % lengths.count]
      }
    }
    if index % 2 == 0, dash.count > 1 { dashes.append(dash) }
    return dashes
  }
}
