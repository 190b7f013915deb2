public import MAESTNetwork

extension Tap {
  /// The tap with this ``arrayName``; nil for any other text.
  public init?(arrayName: String) {
    var parts = arrayName.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !parts.isEmpty else { return nil }
    if parts[0].hasPrefix("layer") {
      guard let layer = Int(parts.removeFirst().dropFirst("layer".count)), layer > 0,
        let tap = Self.point(parts, layer: layer)
      else { return nil }
      self = tap
    } else if parts == ["logits"] {
      self = .logits
    } else {
      guard parts.removeFirst() == "finalNorm", let tokens = Self.tokens(parts) else { return nil }
      self = .finalNorm(tokens: tokens)
    }
    // Rejects other spellings, such as "layer007".
    guard self.arrayName == arrayName else { return nil }
  }

  private static func point(_ parts: [String], layer: Int) -> Tap? {
    guard let point = parts.first else { return nil }
    let choices = Array(parts.dropFirst())
    switch point {
    case "blockOutput": return tokens(choices).map { .blockOutput(layer: layer, tokens: $0) }
    case "attentionOutput" where choices.isEmpty: return .attentionOutput(layer: layer)
    case "queries" where choices.isEmpty: return .queries(layer: layer)
    case "keys" where choices.isEmpty: return .keys(layer: layer)
    case "values" where choices.isEmpty: return .values(layer: layer)
    case "attentionWeights":
      guard let queries = choices.first.flatMap(TokenSelection.init(name:)) else { return nil }
      return .attentionWeights(
        layer: layer, queries: queries, heads: choices.last == "head-mean" ? .mean : .each)
    default: return nil
    }
  }

  /// The tokens in a name's last part, "tokens-cls-dist"; all tokens if there is no such part.
  private static func tokens(_ parts: [String]) -> TokenSelection? {
    guard let part = parts.first else { return .all }
    guard parts.count == 1, part.hasPrefix("tokens-") else { return nil }
    return TokenSelection(name: String(part.dropFirst("tokens-".count)))
  }
}

/// Coded as its ``arrayName``.
extension Tap: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let tap = Tap(arrayName: name) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(name)' is not a point of the network")
    }
    self = tap
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(arrayName)
  }
}

extension TokenSelection {
  fileprivate init?(name: String) {
    switch name {
    case "cls-dist": self = .leading
    case "all": self = .all
    default:
      let indices = name.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard !indices.contains(nil) else { return nil }
      self = .tokens(indices.compactMap(\.self))
    }
  }
}
