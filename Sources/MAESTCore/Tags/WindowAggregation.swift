/// How the results of a track's windows become one: activations, one number a label, or embeddings, one vector.
public enum WindowAggregation: String, Sendable, CaseIterable {
  /// Their mean: what the track is like on the whole.
  case mean
  /// The highest of each number: of activations, what is heard in the track at least once.
  case max
}

extension Analysis {
  /// Mean of the patches' activations `[label]`, from 0 to 1, summed in double precision in order of time.
  ///
  /// - Throws: ``ModelError/notRequested(values:)``.
  public var meanActivations: [Float] { get throws(ModelError) { try activations(over: .mean) } }

  /// Highest of the patches' activations `[label]`, from 0 to 1.
  ///
  /// - Throws: ``ModelError/notRequested(values:)``.
  public var maxActivations: [Float] { get throws(ModelError) { try activations(over: .max) } }

  /// The patches' activations in one `[label]`, from 0 to 1.
  ///
  /// - Throws: ``ModelError/notRequested(values:)``.
  public func activations(over aggregation: WindowAggregation) throws(ModelError) -> [Float] {
    var accumulator = ActivationAccumulator(aggregation)
    for patch in patches {
      guard let activations = patch.output.activations?.elements else {
        throw .notRequested(values: "activations")
      }
      accumulator.add(activations)
    }
    guard let activations = accumulator.activations else { throw .notRequested(values: "activations") }
    return activations
  }

  /// The labels with the highest activations over all patches, highest first.
  ///
  /// - Throws: ``ModelError/notRequested(values:)``.
  public func topTags(
    _ count: Int, threshold: Float = 0, over aggregation: WindowAggregation = .mean
  ) throws(ModelError) -> [LabelActivation] {
    LabelActivation.ofModel(
      count, of: try activations(over: aggregation), labels: labels, threshold: threshold)
  }

  /// How the activations of the track's top tags change from window to window.
  ///
  /// - Parameters:
  ///   - count: the most labels, those of ``topTags(_:threshold:over:)``.
  ///   - threshold: leaves out labels whose activation over all windows is below.
  ///   - aggregation: how the labels are chosen.
  /// - Throws: ``ModelError/notRequested(values:)``.
  public func curve(
    ofTopTags count: Int, threshold: Float = 0, over aggregation: WindowAggregation = .mean
  ) throws(ModelError) -> ActivationCurve {
    let overall = try activations(over: aggregation)
    let places = LabelActivation.topPlaces(count, of: overall, threshold: threshold)
    return ActivationCurve(
      tags: places.map { LabelActivation(label: labels[$0], activation: overall[$0]) },
      windows: patches.compactMap { result in
        result.output.activations.map { activations in
          ActivationCurve.Window(patch: result.patch, activations: places.map { activations.elements[$0] })
        }
      })
  }
}
