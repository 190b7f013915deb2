import MAESTKernels
import MAESTTensor

/// The kernels of encoder blocks on packed units (bfloat16 tiles or 16-bit fixed point) on random numbers, at a model's
/// sizes, shared out to the threads as the network does it.
///
/// Operations are those of the products that are asked for, however many products of 16-bit numbers stand for one.
struct TileCases {
  let shape: ModelShape
  let compute: Compute
  let kernels: TileKernels
  let weights: RandomTileBlock
  /// `[token, embedding]`.
  let input: Matrix
  /// What dense layers add to `[token, embedding]`.
  let residual: MutableMatrix
  /// `[head][row group][head step]`, as are keys.
  let queries: MutableMatrix
  let keys: MutableMatrix
  /// `[head][head step][row group]`.
  let values: MutableMatrix
  /// `[row group][head][head step]`.
  let context: MutableMatrix
  /// One for each worker.
  let scratch: [Scratch]

  /// Memory of one worker.
  struct Scratch {
    /// `[row group * embedding step, memory]`.
    let normalized: MutableMatrix
    /// `[row group * section step, memory]`.
    let hidden: MutableMatrix
    /// `[1, embedding]`.
    let row: MutableMatrix
    /// Scratch memory of the attention kernel.
    let attention: MutableMatrix
  }

  /// - Parameter compute: nil results from one that computes everything in single precision.
  init?(_ shape: ModelShape, on compute: Compute) {
    guard let kernels = compute.tiles else { return nil }
    self.shape = shape
    self.compute = compute
    self.kernels = kernels
    weights = RandomTileBlock(shape, kernels)
    input = randomMatrix(shape.tokenCount, shape.embeddingWidth, deviation: 1, seed: 1).readOnly
    residual = randomMatrix(shape.tokenCount, shape.embeddingWidth, deviation: 1, seed: 2)
    let headSteps = kernels.unitCount(of: shape.headWidth)
    let unitCount = shape.headCount * headSteps * kernels.unitCount(of: shape.tokenCount)
    (queries, keys) = (kernels.units(unitCount), kernels.units(unitCount))
    (values, context) = (kernels.units(unitCount), kernels.units(unitCount))
    let groupCount = kernels.unitCount(
      of: compute.tileBlocks(of: shape.tokenCount, patchCount: 1).longest)
    scratch = (0..<compute.threadCount).map { _ in
      Scratch(
        normalized: kernels.units(groupCount * kernels.unitCount(of: shape.embeddingWidth)),
        hidden: kernels.units(groupCount * kernels.unitCount(of: shape.sectionWidth)),
        row: MutableMatrix(rows: 1, columns: shape.embeddingWidth),
        attention: MutableMatrix(
          rows: 1, columns: kernels.attentionScratchCount(stepCount: headSteps)))
    }
    // Numbers as a block has them, so that each case can run without the others.
    project(rowCount: shape.tokenCount)
    attend(headCount: shape.headCount, queryCount: shape.tokenCount)
    expand(rowCount: shape.tokenCount)
  }

  /// Every kernel, for all tokens.
  func all() -> [BenchmarkCase] { [layerNorm()] + wholeBlock + [attentionOfOneHead()] }

  // MARK: - Units

  /// Units across a head.
  var headSteps: Int { kernels.unitCount(of: shape.headWidth) }

  /// Groups of rows of all tokens.
  var groupCount: Int { kernels.unitCount(of: shape.tokenCount) }

  /// Row groups of a run of rows, whose start is one's start.
  func groups(_ rows: Range<Int>) -> Range<Int> {
    rows.lowerBound / kernels.unit..<kernels.unitCount(of: rows.upperBound)
  }

  /// The rows of some units that begin with a group, whose groups are so many units apart.
  func units(_ memory: MutableMatrix, fromGroup group: Int, apart step: Int) -> MutableMatrix {
    memory[rows: group * step..<memory.rows]
  }

  // MARK: - Cases

  /// Runs `body` for every run of the rows, on the workers.
  func forEachRowBlock(of rowCount: Int, _ body: @Sendable (Range<Int>, Scratch) -> Void) {
    let blocks = compute.tileBlocks(of: rowCount, patchCount: 1)
    compute.parallel(count: blocks.count) { index, worker in body(blocks[index], scratch[worker]) }
  }

  func benchmark(_ name: String, operations: Int? = nil, _ run: @escaping () -> Void) -> BenchmarkCase {
    BenchmarkCase(
      name: "\(kernels.precision.rawValue): \(name)", threadCount: compute.threadCount,
      gigaflop: operations.map { Double($0) / 1e9 }, hasPeak: false, run: run)
  }
}
