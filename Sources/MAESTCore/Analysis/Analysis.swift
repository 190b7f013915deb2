public import MAESTFrontEnd
public import MAESTNetwork
public import MAESTTensor

/// The results for a track.
public struct Analysis: Sendable {
  /// One entry for each patch, in order of time.
  public let patches: [PatchAnalysis]
  /// Label names in output order.
  public let labels: [String]
  /// Length in seconds of the analysed audio: the track, or the requested range of it.
  public let duration: Double
  /// What is missing of the file's sound, and what the mix to one channel loses; empty for samples that are not from a
  /// file.
  public let warnings: [AudioWarning]

  package init(
    patches: [PatchAnalysis], labels: [String], duration: Double, warnings: [AudioWarning] = []
  ) {
    (self.patches, self.labels, self.duration, self.warnings) = (patches, labels, duration, warnings)
  }

  /// Returns the values at a tap for all patches: `[patch]` followed by the shape that ``Tap`` gives.
  ///
  /// - Throws: ``ModelError/notRequested(values:)``.
  public subscript(tap: Tap) -> Tensor {
    get throws(ModelError) {
      let parts = patches.compactMap { $0.output[tap] }
      guard let first = parts.first, parts.count == patches.count else {
        throw .notRequested(values: "\(tap)")
      }
      return Tensor(shape: [parts.count] + first.shape, elements: parts.flatMap(\.elements))
    }
  }

  /// Returns the tokens of a layer for all patches: `[patch, token, embedding]`.
  ///
  /// - Throws: ``ModelError/notRequested(values:)``.
  public func tokens(layer: Int) throws(ModelError) -> Tensor { try self[.blockOutput(layer: layer)] }

  /// Returns an embedding of the track: `[patch]` followed by the shape that ``Pooling`` gives, or without the patch
  /// axis if the kind combines the windows.
  ///
  /// - Throws: ``ModelError/notRequested(values:)``.
  public subscript(kind: EmbeddingKind) -> Tensor {
    get throws(ModelError) {
      var accumulator = EmbeddingAccumulator(kind)
      for patch in patches {
        guard let embedding = patch.embeddings[kind] else { throw .notRequested(values: "\(kind)") }
        accumulator.add(embedding)
      }
      guard let embedding = accumulator.embedding else { throw .notRequested(values: "\(kind)") }
      return embedding
    }
  }

  /// Pools a layer's tokens patch by patch. The request must include that embedding or the layer's tokens. See
  /// ``Pooling`` for shapes.
  ///
  /// - Throws: ``ModelError/notRequested(values:)``.
  public func embedding(layer: Int, pooling: Pooling) throws(ModelError) -> Tensor {
    let kind = EmbeddingKind(.blockOutput(layer: layer), pooling)
    if let embedding = try? self[kind] { return embedding }
    guard let tokens = try? tokens(layer: layer) else { throw .notRequested(values: "\(kind)") }
    return pooling.poolPatches(tokens)
  }
}

/// The results for one patch.
public struct PatchAnalysis: Sendable {
  /// The position of the patch in the track.
  public let patch: Patch
  /// The network's values, exactly those requested.
  public let output: NetworkOutput
  /// The requested embeddings, computed by ``EmbeddingKind/ofPatch(_:)``.
  public let embeddings: [EmbeddingKind: Tensor]

  package init(patch: Patch, output: NetworkOutput, embeddings: [EmbeddingKind: Tensor]) {
    (self.patch, self.output, self.embeddings) = (patch, output, embeddings)
  }

  /// Returns the labels with the highest activations, highest first.
  ///
  /// - Parameters:
  ///   - count: the maximum number of labels.
  ///   - labels: those of the model, or of the head that replaces its own: ``Analysis/labels``.
  ///   - threshold: the minimum activation, from 0 to 1.
  /// - Throws: ``ModelError/wrongLabelCount(found:expected:)`` for labels of another model,
  ///   ``ModelError/notRequested(values:)`` if activations were not requested.
  public func topTags(
    _ count: Int, labels: [String], threshold: Float = 0
  ) throws(ModelError) -> [LabelActivation] {
    guard let activations = output.activations else { throw .notRequested(values: "activations") }
    return try LabelActivation.top(count, of: activations.elements, labels: labels, threshold: threshold)
  }
}

extension Analysis: CustomStringConvertible {
  /// "3 patches of 29.97 s: logits, layer07.blockOutput".
  public var description: String {
    guard let first = patches.first else { return "no patches" }
    let names = first.output.taps.map(\.arrayName).sorted() + first.embeddings.keys.map(\.name).sorted()
    return "\(patches.count) patches of \(duration) s: \(names.joined(separator: ", "))"
  }
}

extension PatchAnalysis: CustomStringConvertible {
  /// "patch 2 (10.0 s to 15.0 s): logits".
  public var description: String {
    let names = output.taps.map(\.arrayName).sorted() + embeddings.keys.map(\.name).sorted()
    return
      "patch \(patch.index) (\(patch.startTime) s to \(patch.endTime) s): \(names.joined(separator: ", "))"
  }
}
