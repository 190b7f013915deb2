import MAESTWeights

/// Describes which parts were recognised and where.
struct ModelExplainer {
  let assembly: ModelAssembly
  let search: GraphSearch
  let values: [OutputRole: Value]

  private typealias Part = ConversionExplanation.Part
  private typealias Name = ParameterName
  private var matcher: PatternMatcher { assembly.matcher }
  private var graph: FoldedGraph { assembly.matcher.graph }

  func explanation() -> ConversionExplanation {
    let ignored = IgnoredNodes(search: search, values: Array(values.values))
    return ConversionExplanation(
      parts: embedding() + assembly.blocks.enumerated().flatMap { block($0, $1) } + head(),
      ignored: ignored.list, foldedNodeCount: ignored.foldedCount)
  }

  // MARK: - Parts

  private func embedding() -> [Part] {
    let embedding = assembly.embedding
    let convolution = embedding.convolution
    let count = embedding.grid.addends.count
    let tables = count == 1 ? "one table" : "sum of \(count) tables"
    return [
      part(
        "patch embedding",
        convolution.bandsAreRows ? "convolution over [band, frame]" : "convolution over [frame, band]",
        [convolution.input, convolution.convolved], [convolution.kernel, embedding.grid.bias],
        [Name.weight(Name.patchEmbedding), Name.bias(Name.patchEmbedding)]),
      part(
        "CLS and DIST", "", [embedding.tokens], [embedding.classToken, embedding.distillationToken],
        [Name.classToken, Name.distillationToken]),
      part(
        "position embedding",
        embedding.hasOnePosition ? "one constant" : "\(tables) on the grid, CLS's and DIST's apart",
        [assembly.blocks[0].input], [embedding.position], [Name.positionEmbedding]),
    ]
  }

  private func block(_ index: Int, _ block: BlockPattern) -> [Part] {
    let place = "block \(index + 1)"
    let attention = block.attention
    return [
      norm("\(place), norm before attention", block.attentionNorm, Name.attentionNorm(index)),
      head("\(place), queries", attention.queries, Name.query(index)),
      head("\(place), keys", attention.keys, Name.key(index)),
      head("\(place), values", attention.values, Name.value(index)),
      part("\(place), attention", scale(attention), [attention.softmax], [], []),
      dense("\(place), attention output", block.attentionOutput, Name.attentionOutput(index)),
      norm("\(place), norm before feed-forward", block.feedForwardNorm, Name.feedForwardNorm(index)),
      dense("\(place), expansion", block.expansion, Name.expansion(index)),
      dense("\(place), contraction", block.contraction, Name.contraction(index)),
      part("\(place), output", "", [block.output], [], []),
    ]
  }

  private func head() -> [Part] {
    guard let head = assembly.head else { return [] }
    var parts = [
      norm("head, final norm", head.finalNorm, Name.finalNorm),
      part("head, mean of CLS and DIST", "by \(matcher.node(head.pooled).operation)", [head.pooled], [], []),
    ]
    if let headNorm = head.norm { parts.append(norm("head, norm", headNorm, Name.headNorm)) }
    parts.append(dense("head, logits", head.dense, Name.headDense))
    if let activations = values[.activations] {
      parts.append(part("head, activations", "", [activations], [], []))
    }
    return parts
  }

  // MARK: - Kinds of parts

  private func norm(_ name: String, _ norm: NormPattern, _ module: String) -> Part {
    let form = norm.isFolded ? "scale folded into the deviation, " : ""
    return part(
      name, "\(form)epsilon \(norm.epsilon)", [norm.output], [norm.scale, norm.bias],
      [Name.scale(module), Name.bias(module)])
  }

  private func dense(_ name: String, _ layer: DensePattern, _ module: String, _ form: String = "") -> Part {
    part(
      name, form, [layer.product, layer.sum], [layer.weight, layer.bias],
      [Name.weight(module), Name.bias(module)])
  }

  private func head(_ name: String, _ operand: HeadOperand, _ module: String) -> Part {
    var forms: [String] = []
    if operand.part.count > 1 {
      forms.append("part \(operand.part.index + 1) of \(operand.part.count) of a fused layer")
    }
    let order = operand.columns.map(\.label).filter { $0 == .head || $0 == .width }
    if order == [.width, .head] { forms.append("heads interleaved") }
    if operand.factor != 1 { forms.append("factor \(Float(operand.factor))") }
    return dense(name, operand.layer, module, forms.joined(separator: ", "))
  }

  private func scale(_ attention: AttentionPattern) -> String {
    let heads = "\(attention.headCount) heads of \(attention.headWidth), scale \(attention.scale)"
    let places = [
      (attention.scoreFactor, "the product"), (attention.queries.factor, "the queries"),
      (attention.keys.factor, "the keys"),
    ].filter { $0.0 != 1 }.map(\.1)
    return places.isEmpty ? heads : "\(heads) on \(places.joined(separator: " and "))"
  }

  private func part(
    _ name: String, _ form: String, _ nodes: [Value], _ expressions: [WeightExpression],
    _ parameters: [String]
  ) -> Part {
    let constants = expressions.flatMap(\.constants).flatMap { graph.constantNodes(of: $0).sorted() }
    var seen: Set<Int> = []
    var names: [String] = []
    // Nodes that were translated from the same ONNX operator share one name.
    for node in nodes.map({ matcher.node($0).name }) where names.last != node { names.append(node) }
    return Part(
      name: name, form: form, nodes: names,
      constants: constants.filter { seen.insert($0).inserted && isWeight($0) }.map { index in
        ConversionExplanation.Constant(
          name: graph.graph.nodes[index].name, shape: graph.shape(of: Value(node: index)) ?? [])
      },
      parameters: parameters)
  }

  /// Returns whether a constant holds floating-point numbers (not a shape, an axis order or a factor on the way to
  /// them).
  private func isWeight(_ index: Int) -> Bool {
    guard let tensor = graph.graph.nodes[index].attributes["value"]?.tensor else { return false }
    return tensor.type.isFloating && !tensor.shape.isEmpty
  }
}
