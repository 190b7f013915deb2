import MAESTKernels
import MAESTTensor
import MAESTWeights

/// Multi-head self-attention: `output(concat over heads of softmax(scale · q · kᵀ) · v)`.
struct SelfAttention: Sendable {
  var query: Dense
  var key: Dense
  var value: Dense
  var output: Dense
  let headCount: Int
  let headWidth: Int
  let scale: Float

  init(_ file: WeightFile, block: Int) {
    query = Dense(file, ParameterName.query(block))
    key = Dense(file, ParameterName.key(block))
    value = Dense(file, ParameterName.value(block))
    output = Dense(file, ParameterName.attentionOutput(block))
    headCount = file.configuration.headCount
    headWidth = file.configuration.headWidth
    scale = file.configuration.attentionScale
  }

  /// Computes keys and values of some tokens. normalized: `[rows.count, embedding]`.
  func projectKeysAndValues(_ normalized: Matrix, rows: Range<Int>, _ memory: SinglePrecisionMemory) {
    key(normalized, into: memory.keys[rows: rows], memory.compute)
    value(normalized, into: memory.values[rows: rows], memory.compute)
  }

  /// Computes queries of some tokens. normalized: `[rows.count, embedding]`.
  func projectQueries(_ normalized: Matrix, rows: Range<Int>, _ memory: SinglePrecisionMemory) {
    query(normalized, into: memory.queries[rows: rows], memory.compute)
  }

  /// Computes every head's weighted sums of values for the first `queryCount` queries of each patch, into the memory's
  /// context.
  ///
  /// Scores exist for a few queries of one head at a time, never as `[head, token, token]`.
  func attend(tokenCount: Int, queryCount: Int, patchCount: Int, _ memory: SinglePrecisionMemory) {
    let runs = memory.compute.queryBlocks(
      of: queryCount, attentionCount: patchCount * headCount)
    memory.compute.parallel(count: patchCount * headCount * runs.count) { item, worker in
      let run = runs[item % runs.count]
      let head = item / runs.count % headCount
      let patch = item / runs.count / headCount
      let queries = patch * queryCount + run.lowerBound..<patch * queryCount + run.upperBound
      let keys = patch * tokenCount..<(patch + 1) * tokenCount
      let columns = head * headWidth..<(head + 1) * headWidth
      memory.compute.attention(
        query: memory.queries[rows: queries][columns: columns].readOnly,
        key: memory.keys[rows: keys][columns: columns].readOnly,
        value: memory.values[rows: keys][columns: columns].readOnly,
        scale: scale, scratch: memory.scratch[worker].attention,
        into: memory.context[rows: queries][columns: columns])
    }
  }
}
