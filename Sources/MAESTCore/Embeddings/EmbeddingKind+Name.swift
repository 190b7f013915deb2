import MAESTNetwork

extension EmbeddingKind {
  /// The kind with this ``name``; nil if there is none.
  package init?(name: String) {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let normalization = Self.take("l2", from: &parts) ? Normalization.l2 : .none
    let overWindows = WindowAggregation.allCases.first { Self.take("patch-\($0.rawValue)", from: &parts) }
    guard let pooling = parts.popLast().flatMap(Pooling.init(rawValue:)),
      let source = Source(nameParts: parts)
    else { return nil }
    self.init(source, pooling, normalization: normalization, overWindows: overWindows)
    // Rejects other spellings, such as "layer007".
    guard self.name == name else { return nil }
  }

  private static func take(_ part: String, from parts: inout [String]) -> Bool {
    guard parts.last == part else { return false }
    parts.removeLast()
    return true
  }
}

extension EmbeddingKind.Source {
  fileprivate init?(nameParts parts: [String]) {
    if parts == ["finalNorm"] {
      self = .finalNorm
      return
    }
    guard parts.count == 2, parts[0].hasPrefix("layer"), let layer = Int(parts[0].dropFirst("layer".count)),
      layer > 0
    else { return nil }
    switch parts[1] {
    case "blockOutput": self = .blockOutput(layer: layer)
    case "attentionOutput": self = .attentionOutput(layer: layer)
    default: return nil
    }
  }
}
