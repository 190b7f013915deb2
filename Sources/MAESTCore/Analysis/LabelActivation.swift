/// A label with its activation: one tag of a track or patch.
public struct LabelActivation: Sendable, Hashable, Codable {
  /// As the model names it, usually "Parent---Style".
  public let label: String
  /// From 0 to 1.
  public let activation: Float

  public init(label: String, activation: Float) {
    self.label = label
    self.activation = activation
  }

  /// The `count` labels with the highest activations of at least `threshold`, highest first; equal ones in label
  /// order.
  ///
  /// - Parameters:
  ///   - count: the most tags; none for 0 and below.
  ///   - activations: `[label]`; NaN is left out.
  ///   - labels: `[label]`, their names.
  ///   - threshold: any number; minus infinity leaves out nothing, NaN everything.
  /// - Throws: ``ModelError/wrongLabelCount(found:expected:)`` if there is not one name an activation.
  public static func top(
    _ count: Int, of activations: [Float], labels: [String], threshold: Float = 0
  ) throws(ModelError) -> [LabelActivation] {
    guard labels.count == activations.count else {
      throw .wrongLabelCount(found: labels.count, expected: activations.count)
    }
    return ofModel(count, of: activations, labels: labels, threshold: threshold)
  }

  /// The same, of activations and labels that belong together.
  package static func ofModel(
    _ count: Int, of activations: [Float], labels: [String], threshold: Float
  ) -> [LabelActivation] {
    topPlaces(count, of: activations, threshold: threshold)
      .map { LabelActivation(label: labels[$0], activation: activations[$0]) }
  }

  /// The indices of those labels.
  package static func topPlaces(_ count: Int, of activations: [Float], threshold: Float) -> [Int] {
    Array(
      activations.indices.filter { activations[$0] >= threshold }
        .sorted { (activations[$1], $0) < (activations[$0], $1) }
        .prefix(max(count, 0)))
  }
}
