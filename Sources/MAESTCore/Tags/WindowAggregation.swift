/// How the results of a track's windows are combined: activations label by label, embeddings element by element.
public enum WindowAggregation: String, Sendable, CaseIterable {
  /// The mean over the windows, which describes the track as a whole.
  case mean
  /// The maximum of each element over the windows: for activations, this shows whether a label applies anywhere in the
  /// track.
  case max
}

extension Analysis {
  /// The mean of the patches' activations `[label]`, from 0 to 1, summed in double precision in order of time.
  ///
  /// - Throws: ``ModelError/notRequested(values:)``.
  public var meanActivations: [Float] { get throws(ModelError) { try activations(over: .mean) } }

  /// The maximum of the patches' activations `[label]`, from 0 to 1.
  ///
  /// - Throws: ``ModelError/notRequested(values:)``.
  public var maxActivations: [Float] { get throws(ModelError) { try activations(over: .max) } }

  /// Combines the patches' activations: `[label]`, from 0 to 1.
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

  /// Returns the labels with the highest activations over all patches, highest first.
  ///
  /// - Throws: ``ModelError/notRequested(values:)``.
  public func topTags(
    _ count: Int, threshold: Float = 0, over aggregation: WindowAggregation = .mean
  ) throws(ModelError) -> [LabelActivation] {
    LabelActivation.ofModel(
      count, of: try activations(over: aggregation), labels: labels, threshold: threshold)
  }

  /// Returns the activations of the track's top tags for each window.
  ///
  /// - Parameters:
  ///   - count: the maximum number of labels, see ``topTags(_:threshold:over:)``.
  ///   - threshold: excludes labels whose activation over all windows is lower.
  ///   - aggregation: how windows are combined to choose the labels.
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
