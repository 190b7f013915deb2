import MAESTKernels
import MAESTTensor
import MAESTWeights

/// Tokens of a mel patch: CLS, DIST, then a strided convolution's grid (frequency-major), plus position embeddings.
///
/// Source: AST (Gong, Chung, Glass 2021), section 2.1; DIST as in DeiT.
struct PatchEmbedding: Sendable {
  let configuration: ModelConfiguration
  let convolution: Dense
  let classToken: Vector
  let distillationToken: Vector
  /// `[token, embedding]`.
  let position: Matrix

  init(_ file: WeightFile) {
    configuration = file.configuration
    convolution = Dense(file, ParameterName.patchEmbedding)
    classToken = file.vector(ParameterName.classToken)
    distillationToken = file.vector(ParameterName.distillationToken)
    position = file.matrix(ParameterName.positionEmbedding)
  }

  /// Computes all tokens. melPatches: `[frame, band]` each, normalised; tokens: `[patch * token, embedding]`.
  func callAsFunction(_ melPatches: [Matrix], into tokens: MutableMatrix, _ memory: PassMemory) {
    let (tokenCount, compute) = (configuration.tokenCount, memory.compute)
    let gridCount = tokenCount - ModelConfiguration.leadingTokenCount
    for patch in melPatches.indices {
      let tokens = tokens[rows: patch * tokenCount..<(patch + 1) * tokenCount]
      tokens.copy(from: position)
      compute.elementwise.add(classToken, toRowsOf: tokens[rows: 0..<1])
      compute.elementwise.add(distillationToken, toRowsOf: tokens[rows: 1..<2])
    }
    compute.forEach(compute.denseBlocks(of: gridCount), patchCount: melPatches.count) { patch, rows, worker in
      let windows = memory.windows[worker][rows: 0..<rows.count]
      for (row, cell) in rows.enumerated() {
        copyWindow(of: melPatches[patch], at: cell, into: windows, row: row)
      }
      let first = patch * tokenCount + ModelConfiguration.leadingTokenCount + rows.lowerBound
      convolution(windows.readOnly, addingTo: tokens[rows: first..<first + rows.count], compute)
    }
  }

  /// Copies the part of the mel patch under the kernel at a grid cell, bands first, into one row.
  private func copyWindow(of melPatch: Matrix, at cell: Int, into windows: MutableMatrix, row: Int) {
    let geometry = configuration.convolution
    let firstBand = cell / configuration.gridFrameCount * geometry.bandStride
    let firstFrame = cell % configuration.gridFrameCount * geometry.frameStride
    for band in 0..<geometry.kernelBands {
      for frame in 0..<geometry.kernelFrames {
        windows[row, band * geometry.kernelFrames + frame] = melPatch[firstFrame + frame, firstBand + band]
      }
    }
  }
}
