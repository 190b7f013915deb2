/// The sizes of a model, derived from the shapes of its tensors.
struct NamedSizes {
  static let limit = 1 << 20

  var width: Int
  var kernelBands: Int
  var kernelFrames: Int
  var blockCount: Int
  var attentionWidth: Int
  var feedForwardWidth: Int
  /// nil if there is no classifier.
  var labelCount: Int?

  /// Throws if a tensor that determines a size is missing, has another rank or a size out of range.
  init(_ tensors: NamedTensors, _ naming: TensorNaming) throws(ConversionError) {
    func shape(_ name: String, rank: Int) throws(ConversionError) -> [Int] {
      guard let shape = tensors.shape(name) else {
        throw .wrongTensors(path: tensors.path, missing: [name], unexpected: [], misshapen: [])
      }
      guard shape.count == rank, shape.allSatisfy({ (1...Self.limit).contains($0) }) else {
        throw .wrongTensors(
          path: tensors.path, missing: [], unexpected: [],
          misshapen: ["\(name) (\(shape), expected \(rank) axes)"])
      }
      return shape
    }
    let kernel = try shape(naming.patchEmbedding + ".weight", rank: 4)
    (width, kernelBands, kernelFrames) = (kernel[0], kernel[2], kernel[3])
    blockCount = 0
    while tensors.shape("\(naming.block(blockCount))\(naming.attentionNorm).weight") != nil {
      blockCount += 1
    }
    let first = naming.block(0)
    feedForwardWidth = try shape("\(first)\(naming.expansion).weight", rank: 2)[0]
    switch naming.projections {
    case .separate(let query, _, _): attentionWidth = try shape("\(first)\(query).weight", rank: 2)[0]
    case .fused(let name): attentionWidth = try shape("\(first)\(name).weight", rank: 2)[0] / 3
    }
    let classifier = naming.headDense + ".weight"
    labelCount = tensors.shape(classifier) == nil ? nil : try shape(classifier, rank: 2)[0]
    guard attentionWidth > 0 else {
      throw .wrongTensors(
        path: tensors.path, missing: [], unexpected: [], misshapen: ["\(first)…: no queries"])
    }
  }
}
