/// Combines the patches' activations, added in order of time, into the track's activations.
package struct ActivationAccumulator: Sendable {
  private let aggregation: WindowAggregation
  private var patchCount = 0
  /// The sums, in double precision.
  private var sums: [Double] = []
  private var highest: [Float] = []

  package init(_ aggregation: WindowAggregation) { self.aggregation = aggregation }

  /// Adds the next patch's activations `[label]`.
  package mutating func add(_ activations: [Float]) {
    defer { patchCount += 1 }
    switch aggregation {
    case .mean:
      guard patchCount > 0 else {
        sums = activations.map(Double.init)
        return
      }
      for (index, value) in activations.enumerated() { sums[index] += Double(value) }
    case .max:
      highest = patchCount == 0 ? activations : zip(highest, activations).map { max($0, $1) }
    }
  }

  /// The track's activations `[label]`, from 0 to 1; nil without patches.
  package var activations: [Float]? {
    guard patchCount > 0 else { return nil }
    switch aggregation {
    case .mean: return sums.map { Float($0 / Double(patchCount)) }
    case .max: return highest
    }
  }
}
