import MAESTFiles
import MAESTWeights

/// Reads a MAEST model from a safetensors file in which names identify the tensors.
///
/// Two sets of names are supported: Hugging Face's audio spectrogram transformer, which needs its `config.json` beside
/// the file, and the authors' PyTorch module.
struct NamedModelReader {
  static let huggingFaceFormat = "safetensors, Hugging Face AST"
  static let pyTorchFormat = "safetensors, PyTorch MAEST"

  private let tensors: NamedTensors
  private let naming: TensorNaming
  private let sizes: NamedSizes
  private let headCount: Int?

  /// Reads the model in the file at `path`; `headCount` overrides the number of heads that the file states.
  static func read(path: String, headCount: Int?) throws(ConversionError) -> ConvertibleModel {
    let tensors = try NamedTensors(path: path)
    if let naming = TensorNaming.huggingFace(tensors.names) {
      return try NamedModelReader(tensors, naming, headCount).huggingFaceModel()
    }
    if let naming = TensorNaming.pyTorch(tensors.names) {
      return try NamedModelReader(tensors, naming, headCount).pyTorchModel()
    }
    guard tensors.file.metadata["maest.version"] == nil else {
      throw .notMAEST(reason: "\(path) is a weight file already; it needs no conversion")
    }
    throw .notMAEST(
      reason: "\(path) has neither the tensor names of Hugging Face's AST nor those of the PyTorch original")
  }

  private init(_ tensors: NamedTensors, _ naming: TensorNaming, _ headCount: Int?) throws(ConversionError) {
    self.tensors = tensors
    self.naming = naming
    self.headCount = headCount
    sizes = try NamedSizes(tensors, naming)
  }

  // MARK: - The two kinds

  private func huggingFaceModel() throws(ConversionError) -> ConvertibleModel {
    guard let path = HuggingFaceConfiguration.path(besideFileAt: tensors.path) else {
      throw .missingFact(
        path: tensors.path, fact: "the number of heads, the strides and epsilon",
        remedy: "put the model's config.json beside it")
    }
    let facts = try HuggingFaceConfiguration.read(path: path)
    let epsilon = Float(facts.layerNormEpsilon)
    let configuration = try configuration(
      frameCount: facts.frameCount, bandCount: facts.bandCount, headCount: headCount ?? facts.headCount,
      strides: (facts.frequencyStride, facts.timeStride), epsilons: (block: epsilon, head: epsilon))
    var model = try model(configuration, format: Self.huggingFaceFormat)
    model.labels = facts.labels(count: sizes.labelCount ?? 0)
    return model
  }

  /// The epsilons of the PyTorch module are those in its code: 1e-6, but PyTorch's default in the head. Its strides and
  /// head width are those of all published models.
  private func pyTorchModel() throws(ConversionError) -> ConvertibleModel {
    let (stride, headWidth) = (10, 64)
    guard case .separate(_, let time, let frequency) = naming.position,
      let timeShape = tensors.shape(time), timeShape.count == 4,
      let frequencyShape = tensors.shape(frequency), frequencyShape.count == 4,
      let frameCount = extent(positions: timeShape[3], kernel: sizes.kernelFrames, stride: stride),
      let bandCount = extent(positions: frequencyShape[2], kernel: sizes.kernelBands, stride: stride)
    else {
      throw .wrongTensors(
        path: tensors.path, missing: [], unexpected: [],
        misshapen: ["\(naming.prefix)time_new_pos_embed or freq_new_pos_embed"])
    }
    var notices = ["the file does not say the strides of the patch embedding: taken for \(stride)"]
    let heads: Int
    if let headCount {
      heads = headCount
    } else if sizes.attentionWidth % headWidth == 0 {
      heads = sizes.attentionWidth / headWidth
      notices.append(
        "the file does not say the number of heads: taken for \(heads) of \(headWidth); another number of heads can be given"
      )
    } else {
      throw .missingFact(
        path: tensors.path, fact: "the number of heads, and its width is no multiple of \(headWidth)",
        remedy: "give the number of heads")
    }
    let configuration = try configuration(
      frameCount: frameCount, bandCount: bandCount, headCount: heads, strides: (stride, stride),
      epsilons: (block: 1e-6, head: 1e-5))
    var model = try model(configuration, format: Self.pyTorchFormat)
    model.notices += notices
    return model
  }

  /// Returns the smallest extent that has the given number of positions.
  private func extent(positions: Int, kernel: Int, stride: Int) -> Int? {
    (1...NamedSizes.limit).contains(positions) ? (positions - 1) * stride + kernel : nil
  }

  // MARK: - Assembly

  private func configuration(
    frameCount: Int, bandCount: Int, headCount: Int, strides: (band: Int, frame: Int),
    epsilons: (block: Float, head: Float)
  ) throws(ConversionError) -> ModelConfiguration {
    guard headCount > 0, sizes.attentionWidth % headCount == 0 else {
      throw .missingFact(
        path: tensors.path,
        fact: "how queries of width \(sizes.attentionWidth) split into \(headCount) heads",
        remedy: "give the right number of heads")
    }
    let headWidth = sizes.attentionWidth / headCount
    let configuration = ModelConfiguration(
      frameCount: frameCount, bandCount: bandCount,
      convolution: ConvolutionGeometry(
        kernelBands: sizes.kernelBands, kernelFrames: sizes.kernelFrames, bandStride: strides.band,
        frameStride: strides.frame),
      embeddingWidth: sizes.width, blockCount: sizes.blockCount, headCount: headCount, headWidth: headWidth,
      attentionScale: 1 / Float(headWidth).squareRoot(), feedForwardWidth: sizes.feedForwardWidth,
      blockNormEpsilon: epsilons.block,
      head: sizes.labelCount.map {
        HeadConfiguration(labelCount: $0, finalNormEpsilon: epsilons.block, normEpsilon: epsilons.head)
      })
    try configuration.requireRanges()
    return configuration
  }

  private func model(
    _ configuration: ModelConfiguration, format: String
  ) throws(ConversionError) -> ConvertibleModel {
    let recipes = naming.recipes(for: configuration)
    let (missing, misshapen) = tensors.differences(from: recipes)
    let unused = tensors.names.subtracting(recipes.values.flatMap(\.ingredients).map(\.name)).sorted()
    let unexpected = unused.filter(naming.isEssential)
    guard missing.isEmpty, misshapen.isEmpty, unexpected.isEmpty else {
      throw .wrongTensors(path: tensors.path, missing: missing, unexpected: unexpected, misshapen: misshapen)
    }
    let parameters = configuration.parameters.map { parameter in
      guard let recipe = recipes[parameter.name] else {
        preconditionFailure("no recipe for the manifest's \(parameter.name)")
      }
      return TensorSource(name: parameter.name, shape: parameter.shape) { [tensors] in
        tensors.bytes(recipe, shape: parameter.shape)
      }
    }
    return ConvertibleModel(
      configuration: configuration, parameters: parameters, outputs: Self.outputs(configuration),
      inputName: "none", format: format, summary: "\(tensors.names.count) tensors",
      explanation: Self.explanation(configuration, recipes, unused: unused),
      notices: configuration.head == nil
        ? ["the file has no classifier: the model gives embeddings only"] : [])
  }

  /// Describes which tensors each parameter is made from.
  private static func explanation(
    _ configuration: ModelConfiguration, _ recipes: [String: TensorRecipe], unused: [String]
  ) -> ConversionExplanation {
    let parts = configuration.parameters.map { parameter in
      let recipe = recipes[parameter.name]
      return ConversionExplanation.Part(
        name: parameter.name, form: recipe?.form ?? "", nodes: [],
        constants: recipe?.ingredients.map { .init(name: $0.name, shape: $0.shape) } ?? [],
        parameters: [parameter.name])
    }
    let ignored = unused.map {
      ConversionExplanation.Ignored(name: $0, operation: "tensor", reason: .unusedConstant)
    }
    return ConversionExplanation(parts: parts, ignored: ignored, foldedNodeCount: 0)
  }

  /// Returns the outputs under the names used by the published ONNX models.
  private static func outputs(_ configuration: ModelConfiguration) -> [String: OutputRole] {
    var outputs: [String: OutputRole] = [:]
    for block in 0..<configuration.blockCount {
      outputs["layer_\(block < 10 ? "0" : "")\(block)_embeddings"] = .layer(block + 1)
    }
    guard configuration.head != nil else { return outputs }
    return outputs.merging(["logits": .logits, "activations": .activations]) { $1 }
  }
}
