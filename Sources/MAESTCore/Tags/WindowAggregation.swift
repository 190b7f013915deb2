/// How the results of a track's windows become one: activations, one number a label, or embeddings, one vector.
public enum WindowAggregation: String, Sendable, CaseIterable {
  /// Their mean: what the track is like on the whole.
  case mean
  /// The highest of each number: of activations, what is heard in the track at least once.
  case max
}

extension Analysis {
  /// Mean of the patches' activations `[label]`, from 0 to 1; nil where they were not asked for.
  ///
  /// Summed in double precision in order of time.
  public var meanActivations: [Float]? { activations(over: .mean) }

  /// Highest of the patches' activations `[label]`, from 0 to 1; nil where they were not asked for.
  public var maxActivations: [Float]? { activations(over: .max) }

  /// The patches' activations in one `[label]`, from 0 to 1; nil where they were not asked for.
  public func activations(over aggregation: WindowAggregation) -> [Float]? {
    var accumulator = ActivationAccumulator(aggregation)
    for patch in patches {
      guard let activations = patch.output.activations?.elements else { return nil }
      accumulator.add(activations)
    }
    return accumulator.activations
  }

  /// The labels with the highest activations over all patches, highest first; empty where they were not asked for.
  public func topTags(
    _ count: Int, threshold: Float = 0, over aggregation: WindowAggregation = .mean
  ) -> [Tag] {
    activations(over: aggregation).map {
      Tag.ofModel(count, of: $0, labels: labels, threshold: threshold)
    } ?? []
  }

  /// How the activations of the track's top tags change from window to window; without rows where activations were
  /// not asked for.
  ///
  /// - Parameters:
  ///   - count: the most labels, those of ``topTags(_:threshold:over:)``.
  ///   - threshold: leaves out labels whose activation over all windows is below.
  ///   - aggregation: how the labels are chosen.
  public func curve(
    ofTopTags count: Int, threshold: Float = 0, over aggregation: WindowAggregation = .mean
  ) -> ActivationCurve {
    let overall = activations(over: aggregation) ?? []
    let places = Tag.topPlaces(count, of: overall, threshold: threshold)
    return ActivationCurve(
      tags: places.map { Tag(label: labels[$0], activation: overall[$0]) },
      windows: patches.compactMap { result in
        result.output.activations.map { activations in
          ActivationCurve.Window(patch: result.patch, activations: places.map { activations.elements[$0] })
        }
      })
  }
}
