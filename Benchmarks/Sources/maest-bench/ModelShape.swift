import MAEST
import MAESTNetwork

/// The sizes that the work of a patch depends on.
struct ModelShape {
  let tokenCount: Int
  let gridTokenCount: Int
  let kernelElementCount: Int
  let embeddingWidth: Int
  let headCount: Int
  let headWidth: Int
  let feedForwardWidth: Int
  let labelCount: Int
  let blockCount: Int

  /// Sizes of the published 30 s models.
  static let full = ModelShape(
    tokenCount: 1685, gridTokenCount: 1683, kernelElementCount: 256, embeddingWidth: 768, headCount: 12,
    headWidth: 64, feedForwardWidth: 3072, labelCount: 400, blockCount: 12)

  var attentionWidth: Int { headCount * headWidth }

  /// The most columns of the hidden layer that exist at a time.
  var sectionWidth: Int { min(Workspace.hiddenSectionWidth, feedForwardWidth) }

  /// The hidden layer's columns, as the network works through them.
  var hiddenSections: [Range<Int>] {
    stride(from: 0, to: feedForwardWidth, by: sectionWidth).map {
      $0..<min($0 + sectionWidth, feedForwardWidth)
    }
  }
}

extension ModelShape {
  init(_ configuration: ModelConfiguration) {
    self.init(
      tokenCount: configuration.tokenCount,
      gridTokenCount: configuration.gridBandCount * configuration.gridFrameCount,
      kernelElementCount: configuration.convolution.kernelBands * configuration.convolution.kernelFrames,
      embeddingWidth: configuration.embeddingWidth, headCount: configuration.headCount,
      headWidth: configuration.headWidth, feedForwardWidth: configuration.feedForwardWidth,
      labelCount: configuration.labelCount, blockCount: configuration.blockCount)
  }

  /// 10^9 operations that some taps of a patch take at least, or the patch embedding alone without any; element-wise
  /// work is not counted.
  ///
  /// For logits the last block is needed for CLS and DIST alone, which leaves its keys and values.
  func gigaflop(_ taps: Set<Tap>) -> Double {
    let layers = taps.compactMap(\.layer)
    let wholeBlockCount = max(layers.max() ?? 0, taps.contains(.logits) ? blockCount - 1 : 0)
    let keysAndValues = 2 * product(tokenCount, embeddingWidth, attentionWidth)
    let rest = taps.contains(.logits) && wholeBlockCount < blockCount ? keysAndValues : 0
    let embedding = product(gridTokenCount, kernelElementCount, embeddingWidth)
    return embedding + Double(wholeBlockCount) * blockGigaflop + rest
  }

  private var blockGigaflop: Double {
    let projections = 4 * product(tokenCount, embeddingWidth, attentionWidth)
    let attention = 2 * product(tokenCount, tokenCount, attentionWidth)
    return projections + attention + 2 * product(tokenCount, embeddingWidth, feedForwardWidth)
  }

  /// 10^9 operations of `[rows, inner] · [inner, columns]`.
  private func product(_ rows: Int, _ inner: Int, _ columns: Int) -> Double {
    2 * Double(rows) * Double(inner) * Double(columns) / 1e9
  }
}
