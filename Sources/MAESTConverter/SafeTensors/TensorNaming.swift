/// The names of the parts of MAEST in files for PyTorch.
struct TensorNaming: Sendable {
  /// Query, key and value projections.
  enum Projections: Sendable {
    case separate(query: String, key: String, value: String)
    case fused(String)
  }
  enum Position: Sendable {
    case whole(String)
    case separate(leading: String, time: String, frequency: String)
  }

  /// Prefix of all names of the transformer.
  var prefix: String
  var patchEmbedding: String
  var classToken: String
  var distillationToken: String
  var position: Position
  /// The part of the name before a block's number.
  var blocks: String
  var attentionNorm: String
  var projections: Projections
  var attentionOutput: String
  var feedForwardNorm: String
  var expansion: String
  var contraction: String
  /// From here on names are complete and do not include the prefix `audio_spectrogram_transformer.`.
  var finalNorm: String
  var headNorm: String
  var headDense: String

  func block(_ index: Int) -> String { "\(prefix)\(blocks)\(index)." }

  /// Returns whether a tensor belongs to the part of the network in which an unknown tensor would change the result.
  func isEssential(_ name: String) -> Bool {
    ["\(prefix)\(blocks)", "\(prefix)embeddings.", "\(prefix)patch_embed."].contains { name.hasPrefix($0) }
  }
}

extension TensorNaming {
  /// Returns the names of Hugging Face's `ASTForAudioClassification` or `ASTModel`; nil if `names` do not match.
  static func huggingFace(_ names: Set<String>) -> TensorNaming? {
    let patchEmbedding = "embeddings.patch_embeddings.projection"
    guard let prefix = prefix(before: patchEmbedding + ".weight", in: names) else { return nil }
    let isNewer = names.contains(prefix + "layers.0.layernorm_before.weight")
    var naming = TensorNaming(
      prefix: prefix, patchEmbedding: prefix + patchEmbedding, classToken: prefix + "embeddings.cls_token",
      distillationToken: prefix + "embeddings.distillation_token",
      position: .whole(prefix + "embeddings.position_embeddings"), blocks: "encoder.layer.",
      attentionNorm: "layernorm_before",
      projections: .separate(
        query: "attention.attention.query", key: "attention.attention.key", value: "attention.attention.value"
      ),
      attentionOutput: "attention.output.dense", feedForwardNorm: "layernorm_after",
      expansion: "intermediate.dense", contraction: "output.dense", finalNorm: prefix + "layernorm",
      headNorm: "classifier.layernorm", headDense: "classifier.dense")
    if isNewer {
      naming.blocks = "layers."
      naming.projections = .separate(
        query: "attention.q_proj", key: "attention.k_proj", value: "attention.v_proj")
      naming.attentionOutput = "attention.o_proj"
      naming.expansion = "mlp.fc1"
      naming.contraction = "mlp.fc2"
    }
    return naming
  }

  /// Returns the names of the authors' PyTorch module (a PaSST); nil if `names` do not match.
  static func pyTorch(_ names: Set<String>) -> TensorNaming? {
    let patchEmbedding = "patch_embed.proj"
    guard let prefix = prefix(before: patchEmbedding + ".weight", in: names) else { return nil }
    return TensorNaming(
      prefix: prefix, patchEmbedding: prefix + patchEmbedding, classToken: prefix + "cls_token",
      distillationToken: prefix + "dist_token",
      position: .separate(
        leading: prefix + "new_pos_embed", time: prefix + "time_new_pos_embed",
        frequency: prefix + "freq_new_pos_embed"),
      blocks: "blocks.", attentionNorm: "norm1", projections: .fused("attn.qkv"),
      attentionOutput: "attn.proj",
      feedForwardNorm: "norm2", expansion: "mlp.fc1", contraction: "mlp.fc2", finalNorm: prefix + "norm",
      headNorm: prefix + "head.0", headDense: prefix + "head.1")
  }

  /// Returns the part before `ending` in the only name that ends with it.
  private static func prefix(before ending: String, in names: Set<String>) -> String? {
    let found = names.filter { $0 == ending || $0.hasSuffix("." + ending) }
    guard let name = found.first, found.count == 1 else { return nil }
    return String(name.dropLast(ending.count))
  }
}
