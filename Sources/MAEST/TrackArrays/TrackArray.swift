import MAESTCore
public import MAESTNetwork

/// The name and description of one array of a track's values.
///
/// Encoded as JSON in a file's metadata: `{"axes": ["patch", "token", "embedding"], "description": …, "layer": 7,
/// "point": "blockOutput", …}`. Embeddings also have the keys of ``EmbeddingKind``, attention weights `heads` and
/// `queries`.
public struct TrackArray: Sendable {
  /// The array's name, which is stable and unique among the arrays of a track: "layer07.blockOutput".
  public let name: String
  /// Names of the axes, outermost first.
  public let axes: [String]
  /// Human-readable description.
  public let summary: String
  private let facts: Facts

  /// The facts encoded in addition to the axes.
  private enum Facts: Sendable {
    case embedding(EmbeddingKind)
    case point(String, layer: Int?)
    case attention(layer: Int, queries: TokenSelection, heads: AttentionHeads)
  }

  /// Describes an embedding.
  public init(_ kind: EmbeddingKind) {
    name = kind.name
    let axes = kind.pooling == .tokens ? ["token", "embedding"] : ["embedding"]
    self.axes = kind.overWindows == nil ? ["patch"] + axes : axes
    summary = kind.description
    facts = .embedding(kind)
  }

  /// Describes the values at a point of the network for all patches.
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

  /// The activations: the sigmoid of the logits.
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
