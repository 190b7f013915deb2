public import MAESTFrontEnd
public import MAESTNetwork
public import MAESTTensor

/// What was computed of a track.
public struct Analysis: Sendable {
  /// One entry for each patch, in order of time.
  public let patches: [PatchAnalysis]
  /// Label names in output order.
  public let labels: [String]
  /// Length in seconds of the audio that was cut into patches: the track, or the range in it that was asked for.
  public let duration: Double

  package init(patches: [PatchAnalysis], labels: [String], duration: Double) {
    (self.patches, self.labels, self.duration) = (patches, labels, duration)
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

  /// An embedding of the track: `[patch]` and then as ``Pooling`` tells, or without the axis of patches where their
  /// mean is taken. Nil where it was not asked for.
  public subscript(kind: EmbeddingKind) -> Tensor? {
    var accumulator = EmbeddingAccumulator(kind)
    for patch in patches {
      guard let embedding = patch.embeddings[kind] else { return nil }
      accumulator.add(embedding)
    }
    return accumulator.embedding
  }

  /// A layer's tokens pooled patch by patch; see ``Pooling`` for shapes. Nil where neither the embedding nor the
  /// tokens were asked for.
  public func embedding(layer: Int, pooling: Pooling) -> Tensor? {
    self[EmbeddingKind(.blockOutput(layer: layer), pooling)]
      ?? tokens(layer: layer).map { pooling.poolPatches($0) }
  }
}

/// What was computed of one patch.
public struct PatchAnalysis: Sendable {
  /// Where the patch lies in the track.
  public let patch: Patch
  /// The network's values, exactly those asked for.
  public let output: NetworkOutput
  /// The embeddings asked for, as ``EmbeddingKind/ofPatch(_:)`` makes them.
  public let embeddings: [EmbeddingKind: Tensor]

  /// The labels with the highest activations, highest first; empty where they were not asked for.
  ///
  /// - Parameters:
  ///   - count: how many labels at most.
  ///   - labels: of the model, or of the head that took the place of its own: ``Analysis/labels``.
  ///   - threshold: the lowest activation, from 0 to 1.
  /// - Throws: ``ModelError/wrongLabelCount(found:expected:)`` for those of another one.
  public func topTags(
    _ count: Int, labels: [String], threshold: Float = 0
  ) throws(ModelError) -> [Tag] {
    guard let activations = output.activations else { return [] }
    return try Tag.top(count, of: activations.elements, labels: labels, threshold: threshold)
  }
}

/// A label with its activation.
public struct Tag: Sendable, Hashable {
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
  ///   - activations: `[label]`; what is no number is left out.
  ///   - labels: `[label]`, their names.
  ///   - threshold: any number; minus infinity leaves out nothing, NaN everything.
  /// - Throws: ``ModelError/wrongLabelCount(found:expected:)`` where there is not one name an activation.
  public static func top(
    _ count: Int, of activations: [Float], labels: [String], threshold: Float = 0
  ) throws(ModelError) -> [Tag] {
    guard labels.count == activations.count else {
      throw .wrongLabelCount(found: labels.count, expected: activations.count)
    }
    return ofModel(count, of: activations, labels: labels, threshold: threshold)
  }

  /// The same, of activations and labels that belong together.
  package static func ofModel(
    _ count: Int, of activations: [Float], labels: [String], threshold: Float
  ) -> [Tag] {
    topPlaces(count, of: activations, threshold: threshold)
      .map { Tag(label: labels[$0], activation: activations[$0]) }
  }

  /// The indices of those labels.
  package static func topPlaces(_ count: Int, of activations: [Float], threshold: Float) -> [Int] {
    Array(
      activations.indices.filter { activations[$0] >= threshold }
        .sorted { (activations[$1], $0) < (activations[$0], $1) }
        .prefix(max(count, 0)))
  }
}
