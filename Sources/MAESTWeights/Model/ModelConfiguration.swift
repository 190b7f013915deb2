/// The sizes and constants of one MAEST model, all of them read from the graph that it was converted from.
///
/// MAEST is a pre-LayerNorm audio spectrogram transformer (Alonso-Jiménez, Serra, Bogdanov, ISMIR 2023):
/// a strided convolution converts a mel patch `[frame, band]` to tokens, two learned tokens (CLS and DIST)
/// are prepended, encoder blocks follow, and a head converts the mean of CLS and DIST to label logits.
public struct ModelConfiguration: Sendable, Equatable {
  /// Mel frames in one patch (316, 626, 1256 or 1876 in the official models).
  public var frameCount: Int
  /// Mel bands in one frame (96 in the official models).
  public var bandCount: Int
  /// The patch embedding's convolution.
  public var convolution: ConvolutionGeometry
  /// Width of a token's embedding (768 in the official models).
  public var embeddingWidth: Int
  /// Encoder blocks (12 in the official models).
  public var blockCount: Int
  /// Attention heads in a block (12 in the official models).
  public var headCount: Int
  /// Width of one head's queries, keys and values (64 in the official models).
  public var headWidth: Int
  /// The factor applied to the products of queries and keys (1/8 in the official models).
  public var attentionScale: Float
  /// Width of the hidden layer in a block's feed-forward network (3072 in the official models).
  public var feedForwardWidth: Int
  /// Epsilon of the two LayerNorms in every block (1e-6 in the official models).
  public var blockNormEpsilon: Float
  /// The classification head; nil for a graph that outputs tokens only.
  public var head: HeadConfiguration?

  public init(
    frameCount: Int, bandCount: Int, convolution: ConvolutionGeometry, embeddingWidth: Int,
    blockCount: Int, headCount: Int, headWidth: Int, attentionScale: Float, feedForwardWidth: Int,
    blockNormEpsilon: Float, head: HeadConfiguration?
  ) {
    self.frameCount = frameCount
    self.bandCount = bandCount
    self.convolution = convolution
    self.embeddingWidth = embeddingWidth
    self.blockCount = blockCount
    self.headCount = headCount
    self.headWidth = headWidth
    self.attentionScale = attentionScale
    self.feedForwardWidth = feedForwardWidth
    self.blockNormEpsilon = blockNormEpsilon
    self.head = head
  }
}

extension ModelConfiguration {
  /// The total width of all heads: the output width of the query, key and value projections.
  public var attentionWidth: Int { headCount * headWidth }

  /// Positions of the convolution along the mel bands (9 in the official models).
  public var gridBandCount: Int { convolution.positions(along: bandCount, .band) }

  /// Positions of the convolution along time (31, 62, 125 or 187 in the official models).
  public var gridFrameCount: Int { convolution.positions(along: frameCount, .frame) }

  /// Learned tokens in front of the grid: CLS (index 0) and DIST (index 1).
  public static let leadingTokenCount = 2

  /// Tokens in a patch: CLS, DIST, then the grid, frequency-major.
  ///
  /// The grid cell at band position `f` and frame position `t` is token `2 + f * gridFrameCount + t`.
  public var tokenCount: Int { Self.leadingTokenCount + gridBandCount * gridFrameCount }

  /// Number of labels; 0 without a head.
  public var labelCount: Int { head?.labelCount ?? 0 }
}

/// Kernel extents and strides of the convolution that embeds the mel patch (no padding).
public struct ConvolutionGeometry: Sendable, Equatable {
  public enum Axis: Sendable { case band, frame }

  /// Mel bands under the kernel (16 in the official models).
  public var kernelBands: Int
  /// Mel frames under the kernel (16 in the official models).
  public var kernelFrames: Int
  /// Bands between neighbouring positions (10 in the official models).
  public var bandStride: Int
  /// Frames between neighbouring positions (10 in the official models).
  public var frameStride: Int

  public init(kernelBands: Int, kernelFrames: Int, bandStride: Int, frameStride: Int) {
    self.kernelBands = kernelBands
    self.kernelFrames = kernelFrames
    self.bandStride = bandStride
    self.frameStride = frameStride
  }

  /// Elements under the kernel.
  public var kernelElementCount: Int { kernelBands * kernelFrames }

  /// The number of kernel positions along an axis of `extent` elements; 0 if the kernel does not fit.
  public func positions(along extent: Int, _ axis: Axis) -> Int {
    let (kernel, stride) = axis == .band ? (kernelBands, bandStride) : (kernelFrames, frameStride)
    return extent < kernel || stride < 1 ? 0 : (extent - kernel) / stride + 1
  }
}

/// The classification head: final LayerNorm, mean of CLS and DIST, optional LayerNorm, dense layer.
public struct HeadConfiguration: Sendable, Equatable {
  /// Number of labels (400 or 519 in the official models).
  public var labelCount: Int
  /// Epsilon of the LayerNorm over the last block's tokens (1e-6 in the official models).
  public var finalNormEpsilon: Float
  /// Epsilon of the LayerNorm between the mean of CLS and DIST and the dense layer; nil if there is none.
  public var normEpsilon: Float?

  public init(labelCount: Int, finalNormEpsilon: Float, normEpsilon: Float?) {
    self.labelCount = labelCount
    self.finalNormEpsilon = finalNormEpsilon
    self.normEpsilon = normEpsilon
  }
}
