public import MAESTAudio
public import MAESTCore
import MAESTNetwork

/// Compares two models, or one model computed in two ways, on the same audio.
///
/// The second model is the reference: errors are relative to its norms.
///
/// ```swift
/// let comparison = try ModelComparison(first, second)
/// let difference = try comparison.compare(fileAt: "track.flac")
/// for layer in difference.layers { print(layer.relativeError, layer.meanCosine) }
/// ```
public struct ModelComparison: Sendable {
  /// Number of highest labels whose agreement is measured.
  public static let topCount = 10

  private let first: MAESTModel
  private let second: MAESTModel

  /// - Throws: ``ModelError/incomparable(reason:)`` if the models' sizes differ.
  public init(_ first: MAESTModel, _ second: MAESTModel) throws(ModelError) {
    let sizes = [first, second].map { model in
      let configuration = model.configuration
      return [
        ("frames in a patch", configuration.frameCount), ("mel bands", configuration.bandCount),
        ("tokens", configuration.tokenCount), ("width", configuration.embeddingWidth),
        ("layers", configuration.blockCount), ("Hz", model.sampleRate),
      ]
    }
    for (one, other) in zip(sizes[0], sizes[1]) where one.1 != other.1 {
      throw .incomparable(reason: "\(one.0): \(one.1) and \(other.1)")
    }
    self.first = first
    self.second = second
  }

  /// Whether both models have the same labels, so that their logits and tags can be compared.
  public var comparesLabels: Bool { !first.labels.isEmpty && first.labels == second.labels }

  /// Runs both models on a file patch by patch. The file is decoded once for both; memory does not grow with it.
  ///
  /// - Parameters:
  ///   - path: an audio file, see ``AudioLoader``.
  ///   - request: how to cut the file into windows; its taps are ignored.
  ///   - loader: how to decode the file; its sample rate is set to the models'.
  ///   - difference: the result of earlier files, to which this file is added.
  ///   - progress: called after each patch.
  /// - Throws: as `MAESTModel.analyze`.
  public func compare(
    fileAt path: String, _ request: AnalysisRequest = .tags, loader: AudioLoader = AudioLoader(),
    continuing difference: ModelDifference? = nil, progress: MAESTModel.ProgressHandler? = nil
  ) throws -> ModelDifference {
    let layers = Array(1...first.configuration.blockCount)
    var request = request
    request.taps = Set(layers.map { .blockOutput(layer: $0) } + (comparesLabels ? [.logits] : []))
    var difference = difference ?? ModelDifference(layerCount: layers.count)
    var one = try first.patchAnalyzer(request, head: nil)
    var other = try second.patchAnalyzer(request, head: nil)
    // Each model normalises the bands itself, with the parameters of its training.
    let patches = try DecodedAhead(
      first.fileSource(path, request, loader: loader, normalizing: false), capacity: 1)
    defer { patches.abandon() }
    while let patch = try patches.next() {
      let (found, expected) = (try one(first.normalized(patch)), try other(second.normalized(patch)))
      try difference.add(found.output, expected.output)
      progress?(
        AnalysisProgress(patchCount: found.patch.index + 1, expectedPatchCount: patches.expectedPatchCount))
    }
    difference.warnings += patches.warnings
    return difference
  }
}
