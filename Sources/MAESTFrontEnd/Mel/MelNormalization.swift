/// Scales log-compressed bands to the range that the network was trained on: `(x - mean) / (2 * standardDeviation)`.
public struct MelNormalization: Sendable, Hashable {
  /// The mean of the training set's bands, -1e6 to 1e6.
  public var mean: Double

  /// The standard deviation of the training set's bands, 1e-6 to 1e6.
  public var standardDeviation: Double

  /// The constants of the published MAEST models.
  public static let maest = MelNormalization(mean: 2.06755686098554, standardDeviation: 1.268292820667291)

  public init(mean: Double, standardDeviation: Double) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// Normalises bands. The result is bit-identical to that of an extractor that normalises.
  package func normalized(_ values: [Float]) -> [Float] {
    let scaling = BandScaling(self)
    return values.map { (($0 - scaling.mean) * scaling.scale) }
  }
}
