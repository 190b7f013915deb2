/// Everything that makes two embeddings comparable: where in the network the tokens come from, how they become one
/// vector, and what is done to it.
///
/// In this order: a patch's tokens are pooled; the patches of all windows become one vector, if that is asked for; the
/// result is normalised, if it is asked for. So a normalised embedding has norm 1, over windows too.
public struct EmbeddingKind: Sendable, Hashable {
  /// Where tokens come from.
  public enum Source: Sendable, Hashable {
    /// The output of block `layer`, counted from 1, before any final norm.
    case blockOutput(layer: Int)
    /// The output of the attention in block `layer`, counted from 1, before it is added to the block's input.
    case attentionOutput(layer: Int)
    /// The last block's output after the model's final LayerNorm.
    case finalNorm
  }

  /// What becomes of a vector in the end.
  public enum Normalization: String, Sendable, CaseIterable, Codable {
    case none
    /// Divided by its Euclidean norm; a vector of zeros stays. Each token by its own, where tokens are not pooled.
    case l2
  }

  public var source: Source
  public var pooling: Pooling
  public var normalization: Normalization
  /// How the track's windows become one vector; nil: a vector for each, `[patch, ...]`.
  public var overWindows: WindowAggregation?

  public init(
    _ source: Source, _ pooling: Pooling, normalization: Normalization = .none,
    overWindows: WindowAggregation? = nil
  ) {
    self.source = source
    self.pooling = pooling
    self.normalization = normalization
    self.overWindows = overWindows
  }

  /// The paper's: CLS, DIST and the mean of the grid's tokens of the seventh block's output, patch by patch.
  public static let paper = EmbeddingKind(.blockOutput(layer: 7), .clsDistMean)

  /// One vector for a whole track: ``paper``, and its mean over the windows. `[3 * embedding]`.
  public static let track = EmbeddingKind(.blockOutput(layer: 7), .clsDistMean, overWindows: .mean)

  /// What the maest-infer package returns: the mean of CLS and DIST after the final norm, patch by patch.
  public static let maestInfer = EmbeddingKind(.finalNorm, .clsDist)
}

extension EmbeddingKind.Source {
  /// The block, counted from 1; nil after the last one.
  public var layer: Int? { tap(tokens: .all).layer }

  /// The point's name, without the layer: "blockOutput".
  public var point: String { tap(tokens: .all).point }

  /// A name for arrays that sorts by layer: "layer07.blockOutput", "finalNorm".
  public var name: String { tap(tokens: .all).arrayName }
}

extension EmbeddingKind: CustomStringConvertible, Encodable {
  /// A short name that never changes, for arrays in files: "layer07.blockOutput.cls-dist-mean.l2"; with the mean
  /// or maximum over windows "finalNorm.cls-dist.patch-mean", "finalNorm.cls-dist.patch-max".
  public var name: String {
    var parts = [source.name, pooling.rawValue]
    if let overWindows { parts.append("patch-\(overWindows.rawValue)") }
    if normalization == .l2 { parts.append("l2") }
    return parts.joined(separator: ".")
  }

  /// For people: "cls-dist-mean of layer 7's block output, mean over windows, L2-normalised".
  public var description: String {
    let place: String
    switch source {
    case .blockOutput(let layer): place = "layer \(layer)'s block output"
    case .attentionOutput(let layer): place = "layer \(layer)'s attention output"
    case .finalNorm: place = "the tokens after the final norm"
    }
    let summary = overWindows.map { ", \($0.rawValue) over windows" } ?? ""
    return "\(pooling.rawValue) of \(place)\(summary)\(normalization == .l2 ? ", L2-normalised" : "")"
  }

  enum CodingKeys: String, CodingKey {
    case layer, point, pooling, normalization
    case overWindows = "over_windows"
  }

  /// `{"layer": 7, "point": "blockOutput", "pooling": "cls-dist-mean", "normalization": "l2", "over_windows": "none"}`;
  /// `layer` is null after the last block.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(source.layer, forKey: .layer)
    try container.encode(source.point, forKey: .point)
    try container.encode(pooling, forKey: .pooling)
    try container.encode(normalization, forKey: .normalization)
    try container.encode(overWindows?.rawValue ?? "none", forKey: .overWindows)
  }
}
