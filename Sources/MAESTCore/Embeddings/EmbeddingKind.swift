/// The definition of an embedding: the layer, the pooling of its tokens, the combination of windows, and the
/// normalisation. Two embeddings are comparable only if all of these are equal.
///
/// The order is: a patch's tokens are pooled; the windows are combined into one vector, if requested; the result is
/// normalised, if requested. So a normalised embedding has norm 1, even if the windows are combined.
public struct EmbeddingKind: Sendable, Hashable {
  /// The source of the tokens.
  public enum Source: Sendable, Hashable {
    /// The output of block `layer`, counted from 1, before any final norm.
    case blockOutput(layer: Int)
    /// The output of the attention in block `layer`, counted from 1, before it is added to the block's input.
    case attentionOutput(layer: Int)
    /// The last block's output after the model's final LayerNorm.
    case finalNorm
  }

  /// Normalisation of the final vector.
  public enum Normalization: String, Sendable, CaseIterable, Codable {
    case none
    /// L2 normalisation: divides by the Euclidean norm; a zero vector is unchanged. Tokens that are not pooled are
    /// normalised one by one.
    case l2
  }

  public var source: Source
  public var pooling: Pooling
  public var normalization: Normalization
  /// How the track's windows are combined into one vector; nil: one vector per window, `[patch, ...]`.
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

  /// The embedding of the MAEST paper: CLS, DIST and the mean of the grid's tokens of the seventh block's output, for
  /// each patch.
  public static let paper = EmbeddingKind(.blockOutput(layer: 7), .clsDistMean)

  /// One vector for a whole track: the mean of ``paper`` over the windows. `[3 * embedding]`.
  public static let track = EmbeddingKind(.blockOutput(layer: 7), .clsDistMean, overWindows: .mean)

  /// The output of the maest-infer package: the mean of CLS and DIST after the final norm, for each patch.
  public static let maestInfer = EmbeddingKind(.finalNorm, .clsDist)
}

extension EmbeddingKind.Source {
  /// The block, counted from 1; nil for the final norm.
  public var layer: Int? { tap(tokens: .all).layer }

  /// The tap's name without the layer: "blockOutput".
  public var point: String { tap(tokens: .all).point }

  /// A name for arrays that sorts by layer: "layer07.blockOutput", "finalNorm".
  public var name: String { tap(tokens: .all).arrayName }
}

extension EmbeddingKind: CustomStringConvertible, Encodable {
  /// A short, stable name for arrays in files: "layer07.blockOutput.cls-dist-mean.l2"; with the mean or maximum over
  /// windows "finalNorm.cls-dist.patch-mean", "finalNorm.cls-dist.patch-max".
  public var name: String {
    var parts = [source.name, pooling.rawValue]
    if let overWindows { parts.append("patch-\(overWindows.rawValue)") }
    if normalization == .l2 { parts.append("l2") }
    return parts.joined(separator: ".")
  }

  /// A readable description: "cls-dist-mean of layer 7's block output, mean over windows, L2-normalised".
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
  /// `layer` is null for the final norm.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(source.layer, forKey: .layer)
    try container.encode(source.point, forKey: .point)
    try container.encode(pooling, forKey: .pooling)
    try container.encode(normalization, forKey: .normalization)
    try container.encode(overWindows?.rawValue ?? "none", forKey: .overWindows)
  }
}
