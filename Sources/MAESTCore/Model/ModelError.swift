/// Why a model cannot be found or used.
public enum ModelError: Error, Equatable {
  /// No model was named and none can be chosen.
  case noModel(folder: String)
  /// The user's model folder holds several.
  case ambiguousModel(folder: String, names: [String])
  /// The named file does not exist.
  case missingFile(path: String)
  /// The file's name ends in nothing that is known.
  case unknownFileType(path: String)
  /// A result is NaN or infinite.
  case notFinite(value: String)
  /// A layer beyond the model's depth.
  case noSuchLayer(layer: Int, layerCount: Int)
  /// A token beyond those of a patch.
  case noSuchToken(index: Int, tokenCount: Int)
  /// Other names of labels than there are activations: those of another model, for instance.
  case wrongLabelCount(found: Int, expected: Int)
  /// Tokens of a shape that cannot be pooled: other than so many axes, or fewer than so many tokens.
  case wrongTokenShape(found: [Int], axisCount: Int, leastTokenCount: Int)
  /// Values that are to be compared, of different shapes.
  case differentShapes(found: [Int], expected: [Int])
  /// Patches of another number of frames than the model takes.
  case wrongPatchSize(found: Int, expected: Int)
  /// Logits, or tokens after the final norm, of a model that has neither.
  case noHead
  /// Two models whose values cannot be set side by side.
  case incomparable(reason: String)
  /// What was named as a classification head is no graph, or not there.
  case noHeadFile(path: String)
  /// The analysis took longer than it was allowed.
  case timeLimitExceeded(limit: Duration)
  /// Values that the analysis was not asked for.
  case notRequested(values: String)
  /// A classification head for tokens of another shape; shapes are `[token, embedding]`.
  case headMismatch(path: String, expected: [Int], found: [Int])
}

extension ModelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noModel(let folder):
      "no model is named, and \(folder) holds none: name one, set MAEST_MODEL, or put one weight file there"
    case .ambiguousModel(let folder, let names):
      "several models in \(folder) (\(names.joined(separator: ", "))): name one of them"
    case .missingFile(let path):
      "\(path): no such file; a model is a weight file (.safetensors), a graph (.pb or .onnx) or a SavedModel folder"
    case .unknownFileType(let path):
      "\(path): not a model by its name: expected a weight file (.safetensors), a graph (.pb or .onnx) or a "
        + "folder with saved_model.pb"
    case .notFinite(let value):
      "the model gives \(value) that are NaN or infinite: its weights are damaged, or numbers too large for the "
        + "precision; convert or pull the model again, and try precision exact"
    case .noSuchLayer(let layer, let layerCount):
      "layer \(layer): the model has layers 1 to \(layerCount)"
    case .noSuchToken(let index, let tokenCount):
      "token \(index): the model has tokens 0 (CLS), 1 (DIST) and 2 to \(tokenCount - 1) (the grid)"
    case .wrongLabelCount(let found, let expected):
      "\(found) names of labels for \(expected) activations; take the labels of the model, or of the head in its place"
    case .wrongTokenShape(let found, let axisCount, let leastTokenCount):
      "tokens of shape \(found), expected \(axisCount == 3 ? "[patch, token, embedding]" : "[token, embedding]") with at "
        + "least \(leastTokenCount) tokens"
    case .differentShapes(let found, let expected):
      "values of shape \(found) cannot be compared with those of shape \(expected)"
    case .wrongPatchSize(let found, let expected):
      "patches of \(found) frames: the model takes \(expected), which its position embedding is made for"
    case .noHead:
      "the model has no classification head and no final norm: it gives the tokens of its layers only"
    case .incomparable(let reason):
      "the models cannot be compared, since they differ in \(reason); compare models of the same sizes"
    case .noHeadFile(let path):
      "\(path): a classification head is a graph (.pb or .onnx) or a SavedModel folder; there is none"
    case .timeLimitExceeded(let limit):
      "the analysis was stopped: it took longer than \(limit). Allow more time, or analyse fewer windows"
    case .notRequested(let values):
      "the analysis has no \(values): they were not requested. Ask for them in the AnalysisRequest"
    case .headMismatch(let path, let expected, let found):
      "\(path): the head takes tokens of shape \(expected) [token, embedding], and was given \(found); take the head "
        + "that was made for this model"
    }
  }
}
