public import MAESTNetwork

extension Tap {
  /// The tap's name without layer and options: "attentionWeights".
  public var point: String {
    switch self {
    case .logits: "logits"
    case .blockOutput: "blockOutput"
    case .attentionOutput: "attentionOutput"
    case .attentionWeights: "attentionWeights"
    case .queries: "queries"
    case .keys: "keys"
    case .values: "values"
    case .finalNorm: "finalNorm"
    }
  }

  /// A stable name for arrays that sorts by layer: "layer07.blockOutput", "layer07.attentionWeights.all",
  /// "layer12.attentionWeights.cls-dist.head-mean".
  public var arrayName: String {
    var parts = [point]
    if let layer { parts.insert((layer < 10 ? "layer0" : "layer") + "\(layer)", at: 0) }
    switch self {
    case .attentionWeights(_, let queries, let heads):
      parts.append(queries.name)
      if heads == .mean { parts.append("head-mean") }
    case .blockOutput(_, let tokens), .finalNorm(let tokens):
      // Distinct from the names of poolings of the same tokens.
      if tokens != .all { parts.append("tokens-\(tokens.name)") }
    case .logits, .attentionOutput, .queries, .keys, .values: break
    }
    return parts.joined(separator: ".")
  }

  /// The names of the axes of one patch's values.
  package var axes: [String] {
    switch self {
    case .logits: ["label"]
    case .blockOutput, .attentionOutput, .finalNorm: ["token", "embedding"]
    case .attentionWeights(_, _, .each): ["head", "query", "token"]
    case .attentionWeights(_, _, .mean): ["query", "token"]
    case .queries, .keys, .values: ["token", "head", "width"]
    }
  }
}

extension TokenSelection {
  fileprivate var name: String {
    switch self {
    case .leading: "cls-dist"
    case .all: "all"
    case .tokens(let indices): indices.map(String.init).joined(separator: "-")
    }
  }
}
