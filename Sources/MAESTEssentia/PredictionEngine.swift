import Foundation
import MAEST
import MAESTConverter
import Synchronization

/// Computes predictions with the native network, or, for graphs and outputs that it does not support, by executing the
/// graph operation by operation.
enum PredictionEngine: Sendable {
  case network(MAESTModel, role: OutputRole)
  case graph(MelGraph)

  /// Number of frames per patch; nil if the graph accepts any.
  var frameCount: Int? {
    switch self {
    case .network(let model, _): model.configuration.frameCount
    case .graph(let graph): graph.frameCount
    }
  }

  /// The precision; single for a graph that is executed operation by operation.
  var precision: EngineOptions.Precision {
    switch self {
    case .network(let model, _): model.precision
    case .graph: .exact
    }
  }

  /// File name and SHA-256 of the graph.
  ///
  /// - Throws: `ConversionError` if the graph can no longer be read.
  func source() throws -> (name: String, sha256: String) {
    switch self {
    case .network(let model, _):
      let provenance = model.description.provenance
      return (provenance.sourceName, provenance.sourceSHA256)
    case .graph(let graph):
      let path = graph.program.path
      return (URL(filePath: path).lastPathComponent, try SourceReader.digest(of: path))
    }
  }

  /// Turns samples into patches.
  func patchStream(_ layout: PatchLayout) throws -> PatchStream {
    switch self {
    case .network(let model, let role):
      try model.patchStream(
        AnalysisRequest(
          taps: role.taps, patchSize: layout.patchSize, hopSize: layout.hopSize,
          lastPatchMode: layout.lastPatchMode))
    case .graph: PatchStream(layout: layout, extractor: try MelSpectrogramExtractor(configuration: .maest))
    }
  }

  /// Predicts one patch: `[batch, 1, token, embedding]`.
  typealias Prediction = @Sendable (_ patch: MelPatch, _ checkpoint: () throws -> Void) throws -> Tensor

  /// Makes the function that predicts patches. Each one has its own working memory.
  func makePrediction() throws -> Prediction {
    switch self {
    case .network(let model, let role):
      let analyzer = Mutex(try model.patchAnalyzer(AnalysisRequest(taps: role.taps), head: nil))
      return { patch, checkpoint in
        try role.values(in: analyzer.withLock { try $0(patch, checkpoint: checkpoint) }.output)
      }
    case .graph(let graph):
      return { patch, checkpoint in
        try checkpoint()
        return try graph.predict(patch)
      }
    }
  }
}

/// A graph that takes mel patches and is executed operation by operation.
struct MelGraph: Sendable {
  let program: GraphProgram
  let input: GraphProgram.Input
  let output: String
  /// Values of the boolean inputs.
  let flags: [String: Bool]
  let check: ParameterCheck

  var frameCount: Int? {
    guard let shape = input.shape, shape.count >= 2 else { return nil }
    return shape.count == 4 && shape[1] == 1 ? shape[2] : shape[1]
  }

  func predict(_ patch: MelPatch) throws -> Tensor {
    let (frames, bands) = (patch.patch.patchSize, patch.bandCount)
    let isRankFour = input.shape?.count == 4
    let channelFirst = input.shape.map { $0.count == 4 && $0[1] == 1 } ?? false
    let shape =
      isRankFour ? (channelFirst ? [1, 1, frames, bands] : [1, frames, bands, 1]) : [1, frames, bands]
    let result = try program.run(
      [input.name: Tensor(shape: shape, elements: patch.values)], flags: flags, outputs: [output])[0]
    guard let tensor = result.rankFour else {
      throw check.runFailure(.unsupportedRank(output: output, shape: result.shape))
    }
    return tensor
  }
}

extension OutputRole {
  var taps: Set<Tap> {
    switch self {
    case .logits, .activations: [.logits]
    case .layer(let layer): [.blockOutput(layer: layer)]
    }
  }

  /// The role's values, `[1, 1, token, embedding]`.
  func values(in output: NetworkOutput) -> Tensor {
    let tensor =
      switch self {
      case .logits: output.logits
      case .activations: output.activations
      case .layer(let layer): output[.blockOutput(layer: layer)]
      }
    guard let tensor else { preconditionFailure("\(self) was asked for and is missing") }
    let shape = tensor.rank == 1 ? [1, 1, 1] + tensor.shape : [1, 1] + tensor.shape
    return Tensor(shape: shape, elements: tensor.elements)
  }
}
