import MAESTAudio
import MAESTNetwork

/// How two models, or one model computed in two ways, differ on the same audio.
///
/// The second one is the reference: errors are relative to its norms.
///
/// ```swift
/// let comparison = try ModelComparison(first, second)
/// let difference = try comparison.compare(fileAt: "track.flac")
/// for layer in difference.layers { print(layer.relativeError, layer.meanCosine) }
/// ```
public struct ModelComparison: Sendable {
  /// Labels whose agreement is counted.
  public static let topCount = 10

  private let first: MAESTModel
  private let second: MAESTModel

  /// - Throws: ``ModelError/incomparable(reason:)`` for models of other sizes.
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

  /// Whether the two have the same labels, so that their logits and tags can be compared.
  public var comparesLabels: Bool { !first.labels.isEmpty && first.labels == second.labels }

  /// Runs both on a file, patch by patch; memory does not grow with it.
  ///
  /// - Parameters:
  ///   - request: how the file is cut; its taps are not used.
  ///   - difference: what was found in earlier files, to be continued.
  ///   - progress: called for each patch.
  /// - Throws: as `MAESTModel.analyze`.
  public func compare(
    fileAt path: String, _ request: AnalysisRequest = .tags,
    continuing difference: ModelDifference? = nil, progress: MAESTModel.ProgressHandler? = nil
  ) throws -> ModelDifference {
    let layers = Array(1...first.configuration.blockCount)
    var request = request
    request.taps = Set(layers.map { .blockOutput(layer: $0) } + (comparesLabels ? [.logits] : []))
    var difference = difference ?? ModelDifference(layerCount: layers.count)
    var (one, other) = (try FileAnalysis(first, path, request), try FileAnalysis(second, path, request))
    defer {
      one.abandon()
      other.abandon()
    }
    while let found = try one.next(), let expected = try other.next() {
      try difference.add(found.output, expected.output)
      progress?(found.patch.index + 1, one.expectedPatchCount)
    }
    return difference
  }
}

/// A model's results for one file, one patch at a time.
private struct FileAnalysis {
  private var patches: FilePatches
  private let analyzer: PatchAnalyzer

  init(_ model: MAESTModel, _ path: String, _ request: AnalysisRequest) throws {
    analyzer = try model.patchAnalyzer(request, head: nil)
    patches = try FilePatches(model.decoding(ofFileAt: path, request), capacity: 1)
  }

  var expectedPatchCount: Int? { patches.expectedPatchCount }

  mutating func next() throws -> PatchAnalysis? { try patches.next().map { try analyzer($0) } }

  func abandon() { patches.abandon() }
}
