import MAESTCore
public import MAESTNetwork

/// One array of a track's values: its name in a file, and what it is.
///
/// As JSON, in a file's metadata: `{"axes": ["patch", "token", "embedding"], "description": …, "layer": 7, "point":
/// "blockOutput", …}`; an embedding has besides what ``EmbeddingKind`` tells, attention `heads` and `queries`.
public struct TrackArray: Sendable {
  /// Unique among a track's values, and always the same: "layer07.blockOutput".
  public let name: String
  /// What its axes run over, outermost first.
  public let axes: [String]
  /// For people.
  public let summary: String
  private let facts: Facts

  /// Encoded beside the axes.
  private enum Facts: Sendable {
    case embedding(EmbeddingKind)
    case point(String, layer: Int?)
    case attention(layer: Int, queries: TokenSelection, heads: AttentionHeads)
  }

  /// An embedding.
  public init(_ kind: EmbeddingKind) {
    name = kind.name
    let axes = kind.pooling == .tokens ? ["token", "embedding"] : ["embedding"]
    self.axes = kind.overWindows == nil ? ["patch"] + axes : axes
    summary = kind.description
    facts = .embedding(kind)
  }

  /// The values at a point of the network, all patches.
  public init(_ tap: Tap) {
    name = tap.arrayName
    axes = ["patch"] + tap.axes
    summary = tap.description
    if case .attentionWeights(let layer, let queries, let heads) = tap {
      facts = .attention(layer: layer, queries: queries, heads: heads)
    } else {
      facts = .point(tap.point, layer: tap.layer)
    }
  }

  private init(name: String, axes: [String], summary: String) {
    (self.name, self.axes, self.summary) = (name, axes, summary)
    facts = .point(name, layer: nil)
  }

  /// The sigmoid of the logits.
  public static let activations = TrackArray(
    name: "activations", axes: ["patch", "label"], summary: "activations, from 0 to 1")
}

extension TrackArray: Encodable {
  private enum CodingKeys: String, CodingKey {
    case axes, description, layer, point, queries, heads
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(axes, forKey: .axes)
    try container.encode(summary, forKey: .description)
    switch facts {
    case .embedding(let kind): try kind.encode(to: encoder)
    case .point(let point, let layer):
      try container.encode(layer, forKey: .layer)
      try container.encode(point, forKey: .point)
    case .attention(let layer, let queries, let heads):
      try container.encode(layer, forKey: .layer)
      try container.encode("attentionWeights", forKey: .point)
      try container.encode(heads.rawValue, forKey: .heads)
      switch queries {
      case .all: try container.encode("all", forKey: .queries)
      case .leading: try container.encode([0, 1], forKey: .queries)
      case .tokens(let indices): try container.encode(indices, forKey: .queries)
      }
    }
  }
}
