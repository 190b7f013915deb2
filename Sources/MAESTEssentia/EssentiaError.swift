/// Why an algorithm could not be configured or run.
///
/// With `isStrict`, the description is exactly Essentia's text (essentia-tensorflow 2.1b6.dev1389), except for messages
/// that Essentia forwards from TensorFlow and FFmpeg. Otherwise it says what was found, what was expected and what to
/// do.
public struct EssentiaError: Error, Equatable {
  /// Whether it happened in configuration or computation.
  public enum Stage: Sendable, Equatable { case configuring, computing }

  public enum Reason: Sendable, Equatable {
    /// A parameter is out of range; `range` is in Essentia's notation, such as `[0,inf)`.
    case parameterOutOfRange(name: String, value: String, range: String)
    /// Neither `graphFilename` nor `savedModel` was given.
    case noGraph
    /// The file cannot be opened.
    case cannotOpenGraph(path: String)
    /// The file is not a valid graph.
    case invalidGraph(path: String, reason: String)
    /// The folder contains no SavedModel.
    case noSavedModel(path: String)
    /// The graph has no such name; `available` are its names.
    case unknownNode(name: String, available: [String])
    /// A name that does not have the form `node` or `node:n`.
    case malformedNodeName(String)
    /// The node has fewer outputs.
    case outputIndexOutOfRange(node: String, index: Int, count: Int)
    /// `isTrainingName` names a node that is not a boolean input.
    case noTrainingInput(name: String)
    /// An output with more than four axes.
    case unsupportedRank(output: String, shape: [Int])
    /// The shape of an output differs between patches, so that they cannot be concatenated.
    case varyingShape(output: String, found: [Int], expected: [Int])
    /// A signal without samples.
    case emptySignal
    /// The signal is shorter than a patch; in samples.
    case tooShort(sampleCount: Int, needed: Int)
    /// The patch size is zero.
    case zeroPatchSize
    /// A hop that would skip frames.
    case hopLargerThanPatch(hop: Int, patchSize: Int)
    /// The patch size differs from the model's, in frames.
    case wrongPatchSize(found: Int, expected: Int)
    /// The frame size is wrong, in samples.
    case wrongFrameSize(found: Int, expected: Int)
    /// The pool does not contain the input.
    case missingInput(name: String, found: [String])
    /// No file name was given.
    case noFile
    /// The audio file cannot be opened; `reason` is the decoder's message.
    case cannotOpenAudio(path: String, reason: String)
    /// The file has fewer audio streams.
    case noSuchAudioStream(index: Int, count: Int)
    /// More than two channels, which Essentia does not support.
    case tooManyChannels(path: String, count: Int)
  }

  /// The algorithm's name.
  public let algorithm: String
  public let stage: Stage
  public let reason: Reason
  /// Whether the description is Essentia's text.
  public let isStrict: Bool

  init(_ algorithm: String, _ stage: Stage, _ reason: Reason, isStrict: Bool = false) {
    self.algorithm = algorithm
    self.stage = stage
    self.reason = reason
    self.isStrict = isStrict
  }
}

extension EssentiaError: CustomStringConvertible {
  public var description: String { isStrict ? essentiaText : "\(algorithm): \(text)" }

  private var text: String {
    switch reason {
    case .parameterOutOfRange(let name, let value, let range): "\(name) is \(value), allowed is \(range)"
    case .noGraph: "no graph: set graphFilename or savedModel"
    case .cannotOpenGraph(let path):
      "\(path): cannot be opened; graphFilename takes a .pb, .onnx or .safetensors file"
    case .invalidGraph(let path, let reason):
      reason.contains(path) ? reason : "\(path): \(reason)"
    case .noSavedModel(let path): "\(path): no folder with saved_model.pb"
    case .unknownNode(let name, let available):
      "the graph has no '\(name)'; it has: \(Self.list(available))"
    case .malformedNodeName(let name):
      "'\(name)' is no name of the form node or node:n, n from 0 to the number of the node's outputs less one"
    case .outputIndexOutOfRange(let node, let index, let count):
      "output \(index) of node '\(node)': it has \(count), numbered from 0"
    case .noTrainingInput(let name):
      "isTrainingName: node '\(name)' is no boolean input of the graph"
    case .unsupportedRank(let output, let shape):
      "output '\(output)' has shape \(shape); only 1 to 4 axes fit into [batch, 1, row, column]"
    case .varyingShape(let output, let found, let expected):
      "output '\(output)' has shape \(found) in one patch and \(expected) in another; with batchSize 1 each comes by itself"
    case .emptySignal: "the signal has no samples"
    case .tooShort(let count, let needed):
      "the signal has \(count) samples, one patch needs \(needed); lastPatchMode repeat fills it up"
    case .zeroPatchSize: "patchSize is 0; a patch has at least one frame"
    case .hopLargerThanPatch(let hop, let size): "patchHopSize \(hop) is larger than patchSize \(size)"
    case .wrongPatchSize(let found, let expected):
      "patchSize is \(found), the model takes \(expected) frames; leave it out"
    case .wrongFrameSize(let found, let expected): "a frame of \(found) samples, expected \(expected)"
    case .missingInput(let name, let found):
      "the pool has no '\(name)'; it has: \(found.isEmpty ? "nothing" : Self.list(found))"
    case .noFile: "no file: set filename"
    case .cannotOpenAudio(let path, let reason): reason.contains(path) ? reason : "\(path): \(reason)"
    case .noSuchAudioStream(let index, let count):
      "audioStream \(index): the file has \(count) audio \(count == 1 ? "stream" : "streams"), counted from 0"
    case .tooManyChannels(let path, let count): "\(path): \(count) channels, at most 2 in strict mode"
    }
  }

  /// The first names of a list: a graph has thousands.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(20).joined(separator: ", ")
    return names.count > 20 ? "\(shown) and \(names.count - 20) more" : shown
  }
}
