public import MAESTAudio
public import MAESTNetwork
public import MAESTTensor

/// What was computed of a track.
public struct Analysis: Sendable {
  /// One entry for each patch, in order of time.
  public let patches: [PatchAnalysis]
  /// Label names in output order.
  public let labels: [String]
  /// Length of the audio in seconds.
  public let duration: Double

  init(patches: [PatchAnalysis], labels: [String], duration: Double) {
    self.patches = patches
    self.labels = labels
    self.duration = duration
  }

  /// Mean of the patches' activations `[label]`, from 0 to 1; nil where they were not asked for.
  ///
  /// Summed in double precision in order of time.
  public var meanActivations: [Float]? {
    let activations = patches.compactMap(\.output.activations?.elements)
    guard let first = activations.first, activations.count == patches.count else { return nil }
    var sums = first.map(Double.init)
    for values in activations.dropFirst() {
      for (index, value) in values.enumerated() { sums[index] += Double(value) }
    }
    return sums.map { Float($0 / Double(activations.count)) }
  }

  /// The labels with the highest mean activations, highest first; empty where they were not asked for.
  public func topTags(_ count: Int, threshold: Float = 0) -> [Tag] {
    meanActivations.map { Tag.top(count, of: $0, labels: labels, threshold: threshold) } ?? []
  }

  /// The values at a point of the network, all patches: `[patch]` and then as ``Tap`` tells; nil where they were
  /// not asked for.
  public subscript(tap: Tap) -> Tensor? {
    let parts = patches.compactMap { $0.output[tap] }
    guard let first = parts.first, parts.count == patches.count else { return nil }
    return Tensor(shape: [parts.count] + first.shape, elements: parts.flatMap(\.elements))
  }

  /// Tokens of a layer, all patches: `[patch, token, embedding]`; nil where they were not asked for.
  public func tokens(layer: Int) -> Tensor? { self[.blockOutput(layer: layer)] }

  /// A layer's tokens pooled patch by patch; see ``Pooling`` for shapes. Nil where they were not asked for.
  public func embedding(layer: Int, pooling: Pooling) -> Tensor? {
    tokens(layer: layer).map(pooling.pool)
  }
}

/// What was computed of one patch.
public struct PatchAnalysis: Sendable {
  /// Where the patch lies in the track.
  public let patch: Patch
  /// The network's values, exactly those asked for.
  public let output: NetworkOutput

  /// The labels with the highest activations, highest first; empty where they were not asked for.
  public func topTags(_ count: Int, labels: [String], threshold: Float = 0) -> [Tag] {
    output.activations.map { Tag.top(count, of: $0.elements, labels: labels, threshold: threshold) } ?? []
  }
}

/// A label with its activation.
public struct Tag: Sendable, Hashable {
  /// As the model names it, usually "Parent---Style".
  public let label: String
  /// From 0 to 1.
  public let activation: Float

  /// The `count` labels with the highest activations of at least `threshold`, highest first; equal ones in label
  /// order.
  public static func top(
    _ count: Int, of activations: [Float], labels: [String], threshold: Float = 0
  ) -> [Tag] {
    zip(labels, activations).enumerated()
      .filter { $0.element.1 >= threshold }
      .sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }
      .prefix(count)
      .map { Tag(label: $0.element.0, activation: $0.element.1) }
  }
}
