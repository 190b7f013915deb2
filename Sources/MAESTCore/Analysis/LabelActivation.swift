/// A label with its activation: one tag of a track or patch.
public struct LabelActivation: Sendable, Hashable, Codable {
  /// The label's name in the model, usually "Parent---Style".
  public let label: String
  /// From 0 to 1.
  public let activation: Float

  public init(label: String, activation: Float) {
    self.label = label
    self.activation = activation
  }

  /// Returns the `count` labels with the highest activations of at least `threshold`, highest first; labels with equal
  /// activations are in label order.
  ///
  /// - Parameters:
  ///   - count: the maximum number of tags; none for 0 and below.
  ///   - activations: `[label]`; NaN is skipped.
  ///   - labels: `[label]`, their names.
  ///   - threshold: any number; minus infinity excludes nothing, NaN excludes everything.
  /// - Throws: ``ModelError/wrongLabelCount(found:expected:)`` if the numbers of labels and activations differ.
  public static func top(
    _ count: Int, of activations: [Float], labels: [String], threshold: Float = 0
  ) throws(ModelError) -> [LabelActivation] {
    guard labels.count == activations.count else {
      throw .wrongLabelCount(found: labels.count, expected: activations.count)
    }
    return ofModel(count, of: activations, labels: labels, threshold: threshold)
  }

  /// The same for activations and labels of one model, whose numbers match.
  package static func ofModel(
    _ count: Int, of activations: [Float], labels: [String], threshold: Float
  ) -> [LabelActivation] {
    topPlaces(count, of: activations, threshold: threshold)
      .map { LabelActivation(label: labels[$0], activation: activations[$0]) }
  }

  /// Returns the indices of those labels.
  package static func topPlaces(_ count: Int, of activations: [Float], threshold: Float) -> [Int] {
    Array(
      activations.indices.filter { activations[$0] >= threshold }
        .sorted { (activations[$1], $0) < (activations[$0], $1) }
        .prefix(max(count, 0)))
  }
}
