/// Why a model cannot be found or used.
public enum ModelError: Error, Equatable {
  /// No model was named and there is no default.
  case noModel(folder: String)
  /// The user's model folder contains several models.
  case ambiguousModel(folder: String, names: [String])
  /// The named file does not exist.
  case missingFile(path: String)
  /// The file's name has an unknown extension.
  case unknownFileType(path: String)
  /// A result is NaN or infinite.
  case notFinite(value: String)
  /// The layer number exceeds the number of layers.
  case noSuchLayer(layer: Int, layerCount: Int)
  /// The token index is outside a patch's tokens.
  case noSuchToken(index: Int, tokenCount: Int)
  /// The numbers of labels and activations differ, for instance because the labels are those of another model.
  case wrongLabelCount(found: Int, expected: Int)
  /// The tokens cannot be pooled: they need `axisCount` axes and at least `leastTokenCount` tokens.
  case wrongTokenShape(found: [Int], axisCount: Int, leastTokenCount: Int)
  /// The shapes of values to be compared differ.
  case differentShapes(found: [Int], expected: [Int])
  /// The patches do not have the model's number of frames.
  case wrongPatchSize(found: Int, expected: Int)
  /// Logits or tokens after the final norm were requested, but the model computes neither.
  case noHead
  /// The two models' values cannot be compared.
  case incomparable(reason: String)
  /// The classification head's file is missing or is not a graph.
  case noHeadFile(path: String)
  /// The analysis exceeded its time limit.
  case timeLimitExceeded(limit: Duration)
  /// The values were not requested from the analysis.
  case notRequested(values: String)
  /// The classification head takes tokens of another shape; shapes are `[token, embedding]`.
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
      "\(path): unknown file type: expected a weight file (.safetensors), a graph (.pb or .onnx) or a "
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
