import Testing

/// Expects two arrays to be equal within tolerances; a failure says how many elements differ, the worst
/// index, and both values there.
func expectClose(
  _ found: [Float], _ expected: [Float], maximum: Float, mean: Double = .infinity,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.count == expected.count else {
    Issue.record("\(found.count) elements, expected \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  let differences = zip(found, expected).map { ($0 - $1).magnitude }
  let bad = differences.indices.filter { !(differences[$0] <= maximum) }
  if let worst = bad.max(by: { !(differences[$0] > differences[$1]) }) {
    Issue.record(
      """
      \(bad.count) of \(found.count) elements differ by more than \(maximum); worst at \(worst): \
      \(found[worst]), expected \(expected[worst])
      """, sourceLocation: sourceLocation)
  }
  let total = differences.reduce(0.0) { $0 + Double($1) }
  let average = total / Double(max(1, found.count))
  #expect(average <= mean, "mean difference", sourceLocation: sourceLocation)
}

/// Expects two arrays to be equal bit for bit.
func expectIdentical(
  _ found: [Float], _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.count == expected.count else {
    Issue.record("\(found.count) elements, expected \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  let bad = found.indices.filter { found[$0].bitPattern != expected[$0].bitPattern }
  if let first = bad.first {
    Issue.record(
      """
      \(bad.count) of \(found.count) elements differ; first at \(first): \(found[first]), expected \
      \(expected[first])
      """, sourceLocation: sourceLocation)
  }
}

/// The error that a piece of work throws.
func audioError<Result: ~Copyable>(_ work: () throws -> Result) -> (any Error)? {
  do {
    _ = try work()
    return nil
  } catch {
    return error
  }
}
