import MAESTWeights

/// Why a graph could not be converted.
public enum ConversionError: Error, Equatable {
  /// The file could not be read.
  case unreadable(path: String, reason: String)
  /// The file is not a serialised TensorFlow graph.
  case notAGraph(path: String, reason: String)
  /// A node or function refers to something that does not exist.
  case danglingReference(node: String, reference: String)
  /// Functions call each other recursively, or the calls are nested too deeply.
  case recursiveCall(function: String)
  /// Two nodes or two functions have the same name.
  case duplicateName(String)
  /// The graph exceeds the limit of nodes and connections when its calls are inlined.
  case tooLarge(limit: Int)
  /// The graph contains a cycle.
  case cyclic(node: String)
  /// The contents of a constant do not match its shape or type.
  case badConstant(node: String, reason: String)
  /// An operation on constants could not be computed.
  case badOperation(node: String, operation: String, reason: String)
  /// The graph has no input of shape `[batch, time, mel]`.
  case noInput(found: [String])
  /// The graph contains nothing that resembles MAEST.
  case notMAEST(reason: String)
  /// The graph resembles MAEST but differs in one place.
  case unrecognized(place: String, node: String, found: String, expected: String)
  /// The metadata file could not be used.
  case badMetadata(path: String, reason: String)
  /// The file is damaged, or its format is not the one that its name indicates.
  case damaged(path: String, format: String, reason: String)
  /// A variable of the graph has no value in the checkpoint beside it.
  case missingVariable(name: String, checkpoint: String)
  /// The tensors of the file are not those of a MAEST model; all differences are listed.
  case wrongTensors(path: String, missing: [String], unexpected: [String], misshapen: [String])
  /// A size, scale or epsilon of the model is outside its supported range.
  case badNumber(fact: String, found: String, expected: String)
  /// A weight is NaN or infinite; `index` is its row-major index in the parameter, from 0.
  case notFinite(tensor: String, index: Int, found: String)
  /// The file lacks information that the model needs.
  case missingFact(path: String, fact: String, remedy: String)
}

extension ConversionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): cannot read the graph: \(reason)"
    case .notAGraph(let path, let reason):
      "\(path): not a TensorFlow graph, or truncated: \(reason)"
    case .danglingReference(let node, let reference):
      "node '\(node)' refers to '\(reference)', which the graph does not have"
    case .recursiveCall(let function):
      "function '\(function)' calls itself or is nested too deeply"
    case .duplicateName(let name):
      "the graph has two nodes or functions named '\(name)'"
    case .tooLarge(let limit):
      "the graph has more than \(limit) nodes and connections once its calls are inlined"
    case .cyclic(let node):
      "the graph contains a cycle through node '\(node)'; MAEST has none"
    case .badConstant(let node, let reason):
      "constant '\(node)': \(reason)"
    case .badOperation(let node, let operation, let reason):
      "node '\(node)' (\(operation)): \(reason)"
    case .noInput(let found):
      "the graph has no input of shape [batch, time, mel]; its inputs: "
        + (found.isEmpty ? "none" : found.joined(separator: ", "))
    case .notMAEST(let reason):
      "not a MAEST graph: \(reason)"
    case .unrecognized(let place, let node, let found, let expected):
      "not a MAEST graph: \(place), node '\(node)': found \(found), expected \(expected)"
    case .badMetadata(let path, let reason):
      "\(path): cannot use the metadata: \(reason)"
    case .damaged(let path, let format, let reason):
      "\(path): not a \(format), or damaged: \(reason)"
    case .missingVariable(let name, let checkpoint):
      "variable '\(name)' has no value in the checkpoint \(checkpoint); the folder is incomplete"
    case .wrongTensors(let path, let missing, let unexpected, let misshapen):
      "\(path): its tensors do not match those of MAEST:" + WeightError.list("missing", missing)
        + WeightError.list("unexpected", unexpected) + WeightError.list("misshapen", misshapen)
    case .badNumber(let fact, let found, let expected):
      "the model's \(fact) is \(found), expected \(expected); the file is damaged, or no model that was trained"
    case .notFinite(let tensor, let index, let found):
      "number \(index) of the weights \(tensor) is \(found), finite numbers were expected; the file is damaged, or "
        + "the training that made it went wrong"
    case .missingFact(let path, let fact, let remedy):
      "\(path): it does not say \(fact); \(remedy)"
    }
  }
}
