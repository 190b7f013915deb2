import MAESTKernels
import MAESTTensor
import MAESTWeights

/// Views of a run's memory for encoder blocks in bfloat16 or fixed point: the packed activations between the steps of a block.
///
/// Each patch has its own units, with its last row group padded, so that a patch's results are independent of the batch
/// composition. As with ``PassMemory``, copies share memory and stay inside this module.
struct TileMemory: Sendable {
  let kernels: TileKernels
  let headCount: Int
  /// The units across a head, and across a section of the hidden layer.
  let headSteps: Int
  let sectionSteps: Int
  /// The row groups of a patch's tokens.
  let groupCount: Int
  /// `[patch][head][row group][head step]`: left operands.
  private let queries: MutableMatrix
  /// `[patch][head][row group][head step]`: transposed right operands.
  private let keys: MutableMatrix
  /// `[patch][head][head step][row group]`: right operands.
  private let values: MutableMatrix
  /// `[patch][row group][head][head step]`: left operands of the output's projection.
  private let context: MutableMatrix
  /// One for each worker.
  let scratch: [Scratch]

  /// Scratch memory of one worker.
  struct Scratch: Sendable {
    /// `[row group * embedding step, memory]`.
    let normalized: MutableMatrix
    /// `[row group * section step, memory]`.
    let hidden: MutableMatrix
    /// One row of single precision `[1, embedding]`.
    let row: MutableMatrix
    let attention: MutableMatrix
  }

  /// - Parameter rowCount: the rows of the longest run.
  init(
    _ configuration: ModelConfiguration, _ kernels: TileKernels, patchCapacity: Int, workerCount: Int,
    rowCount: Int
  ) {
    self.kernels = kernels
    headCount = configuration.headCount
    headSteps = kernels.unitCount(of: configuration.headWidth)
    let hiddenWidth = min(Workspace.hiddenSectionWidth, configuration.feedForwardWidth)
    sectionSteps = kernels.unitCount(of: hiddenWidth)
    groupCount = kernels.unitCount(of: configuration.tokenCount)
    let unitCount = patchCapacity * headCount * groupCount * headSteps
    (queries, keys) = (kernels.units(unitCount), kernels.units(unitCount))
    (values, context) = (kernels.units(unitCount), kernels.units(unitCount))
    let embeddingSteps = kernels.unitCount(of: configuration.embeddingWidth)
    let (sectionSteps, headSteps) = (sectionSteps, headSteps)
    let runGroupCount = kernels.unitCount(of: rowCount)
    scratch = (0..<workerCount).map { _ in
      Scratch(
        normalized: kernels.units(runGroupCount * embeddingSteps),
        hidden: kernels.units(runGroupCount * sectionSteps),
        row: MutableMatrix(rows: 1, columns: configuration.embeddingWidth),
        attention: MutableMatrix(
          rows: 1, columns: kernels.attentionScratchCount(stepCount: headSteps)))
    }
  }

  // MARK: - Positions

  /// The units of a patch in each of the four matrices.
  private var unitsOfPatch: Int { headCount * groupCount * headSteps }

  /// The units of a row group, all heads.
  var contextSteps: Int { headCount * headSteps }

  /// A patch's queries or keys, from a row group on.
  func queries(_ patch: Int, fromGroup group: Int) -> MutableMatrix { heads(of: queries, patch, group) }

  func keys(_ patch: Int, fromGroup group: Int) -> MutableMatrix { heads(of: keys, patch, group) }

  private func heads(of memory: MutableMatrix, _ patch: Int, _ group: Int) -> MutableMatrix {
    memory[rows: patch * unitsOfPatch + group * headSteps..<(patch + 1) * unitsOfPatch]
  }

  /// A patch's values, from a row group on.
  func values(_ patch: Int, fromGroup group: Int) -> MutableMatrix {
    values[rows: patch * unitsOfPatch + group..<(patch + 1) * unitsOfPatch]
  }

  /// Some row groups of all heads' weighted sums `[row group * context step, memory]`.
  func context(_ patch: Int, groups: Range<Int>) -> MutableMatrix {
    let first = patch * unitsOfPatch
    return context[rows: first + groups.lowerBound * contextSteps..<first + groups.upperBound * contextSteps]
  }

  /// One head's queries of one row group `[head step, memory]`.
  func queries(_ patch: Int, head: Int, group: Int) -> MutableMatrix {
    let first = patch * unitsOfPatch + (head * groupCount + group) * headSteps
    return queries[rows: first..<first + headSteps]
  }

  /// All keys of one head.
  func keys(_ patch: Int, head: Int) -> MutableMatrix { units(of: keys, patch, head) }

  /// All values of one head.
  func values(_ patch: Int, head: Int) -> MutableMatrix { units(of: values, patch, head) }

  private func units(of memory: MutableMatrix, _ patch: Int, _ head: Int) -> MutableMatrix {
    let first = patch * unitsOfPatch + head * groupCount * headSteps
    return memory[rows: first..<first + groupCount * headSteps]
  }

  /// One head's weighted sums of one row group `[head step, memory]`.
  func context(_ patch: Int, head: Int, group: Int) -> MutableMatrix {
    let first = patch * unitsOfPatch + group * contextSteps + head * headSteps
    return context[rows: first..<first + headSteps]
  }
}

// MARK: - Values in single precision

extension TileMemory {
  /// A patch's queries, keys, values or context: the sums of high and low parts. Queries are divided by the factor that
  /// they were stored with.
  func matrix(
    of content: AttentionContent, _ patch: Int, _ configuration: ModelConfiguration
  ) -> Matrix {
    let (tokenCount, width) = (configuration.tokenCount, configuration.headWidth)
    let result = MutableMatrix(rows: tokenCount, columns: headCount * width)
    for head in 0..<headCount {
      for group in 0..<groupCount {
        for step in 0..<headSteps {
          let (first, column) = (group * kernels.unit, step * kernels.unit)
          let rows = first..<min(first + kernels.unit, tokenCount)
          let columns = head * width + column..<head * width + min(column + kernels.unit, width)
          let target = result[rows: rows][columns: columns]
          let place = place(of: content, patch, head, group, step)
          kernels.unpack(place.memory, place.unit, of: place.form, into: target)
        }
      }
    }
    if content == .queries {
      let factor = TiledSteps.queryFactor(scale: configuration.attentionScale)
      for row in 0..<result.rows {
        for column in 0..<result.columns { result[row, column] /= factor }
      }
    }
    return result.readOnly
  }

  private func place(
    of content: AttentionContent, _ patch: Int, _ head: Int, _ group: Int, _ step: Int
  ) -> (memory: MutableMatrix, unit: Int, form: TileForm) {
    switch content {
    case .queries: (queries(patch, head: head, group: group), step, .left)
    case .keys: (keys(patch, head: head), group * headSteps + step, .transposedRight)
    case .values: (values(patch, head: head), step * groupCount + group, .right)
    case .context: (context(patch, head: head, group: group), step, .left)
    }
  }
}
