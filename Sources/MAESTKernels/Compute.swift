package import MAESTTensor

/// The kernels that a network is built from, on one choice of matrix backend, instruction set and threads.
///
/// All but ``parallel(count:_:)`` run on the calling thread, and may be called from many threads at once
/// as long as their outputs are apart. All matrices are row-major, and may be views.
package struct Compute: Sendable {
  /// The most threads that ``parallel(count:_:)`` uses.
  package let threadCount: Int

  /// The loops over elements.
  package let elementwise: ElementwiseKernels

  /// The products of matrices.
  package let multiplication: any MatrixMultiplication

  /// Products in bfloat16 for what bears them; nil where all are in single precision.
  package let tiles: TileKernels?

  /// Threads that can be asked for. More than there are CPUs wait for each other, and each takes scratch memory.
  package static let threadCounts = 1...1024

  /// Chooses kernels for this machine.
  ///
  /// - Parameters:
  ///   - backend: who multiplies matrices.
  ///   - threadCount: 1 to 1024; nil for as many as the process may use physical cores.
  ///   - precision: that of ``tiles``; other products are in single precision.
  ///   - allowsEmulation: whether tiles may be emulated where the CPU has none.
  /// - Throws: ``KernelError`` when the backend is missing, MAEST_CPU names no instruction set that runs
  ///   here, the thread count is out of range, or the precision takes tiles that are not there.
  package init(
    backend: MatrixBackend = .automatic, threadCount: Int? = nil, precision: Precision = .exact,
    allowsEmulation: Bool = false
  ) throws(KernelError) {
    let instructionSet = try InstructionSet.selected()
    try self.init(
      backend: backend, instructionSet: instructionSet, threadCount: threadCount, precision: precision,
      allowsEmulation: allowsEmulation)
  }

  /// Chooses kernels, the instruction set of the loops over elements included.
  package init(
    backend: MatrixBackend, instructionSet: InstructionSet, threadCount: Int?, precision: Precision = .exact,
    allowsEmulation: Bool = false
  ) throws(KernelError) {
    let threads = threadCount ?? min(ProcessorCount.available(), Self.threadCounts.upperBound)
    guard Self.threadCounts.contains(threads) else { throw .invalidThreadCount(threads) }
    self.threadCount = threads
    elementwise = ElementwiseKernels(instructionSet: instructionSet)
    multiplication = try backend.makeMultiplication(instructionSet: instructionSet)
    guard precision != .exact else {
      tiles = nil
      return
    }
    let hasTiles = Self.hasTiles(instructionSet)
    guard hasTiles || allowsEmulation else {
      throw .noTiles(precision: precision, instructionSet: instructionSet)
    }
    // Tiles that are there and not granted are emulated with the same CPU's vectors.
    let emulating: InstructionSet = instructionSet == .amx ? .avx512 : instructionSet
    tiles = TileKernels(precision: precision, instructionSet: hasTiles ? .amx : emulating)
  }

  /// Whether tiles can be had with an instruction set.
  package static func hasTiles(_ instructionSet: InstructionSet) -> Bool {
    instructionSet == .amx && TileKernels.request()
  }

  /// The precision of products that bear a lower one.
  package var precision: Precision { tiles?.precision ?? .exact }

  /// Runs the body once for every index below `count`, on at most ``threadCount`` threads.
  ///
  /// `worker` is in `0..<threadCount`, and no two calls of one loop have the same worker at the same time,
  /// so each worker can have scratch memory of its own. Indices are handed out as workers become free;
  /// the body's results must not depend on the worker. Loops may be nested and run simultaneously.
  package func parallel(
    count: Int, _ body: @Sendable (_ index: Int, _ worker: Int) -> Void
  ) {
    ParallelLoop(threadCount: threadCount).run(count: count, body)
  }

  /// output = activation(input · weight + bias).
  ///
  /// input: `[row, in]`; weight: `[in, out]`; bias: `[out]`; output: `[row, out]`.
  package func linear(
    _ input: Matrix, weight: Weight, bias: Vector?, activation: Activation = .none,
    into output: MutableMatrix
  ) {
    multiplication.linear(
      input, weight: weight, bias: bias, activation: activation, into: output, accumulating: false,
      elementwise)
  }

  /// output = output + input · weight + bias.
  ///
  /// input: `[row, in]`; weight: `[in, out]`; bias: `[out]`; output: `[row, out]`.
  package func linear(
    _ input: Matrix, weight: Weight, bias: Vector?, addingTo output: MutableMatrix
  ) {
    multiplication.linear(
      input, weight: weight, bias: bias, activation: .none, into: output, accumulating: true,
      elementwise)
  }

  /// c = a · b. a: `[row, inner]`; b: `[inner, column]`; c: `[row, column]`.
  package func multiply(_ a: Matrix, _ b: Matrix, into c: MutableMatrix) {
    multiplication.multiply(a, b, transposingB: false, into: c, accumulating: false)
  }

  /// output[r] = (input[r] - mean) / √(variance + epsilon) · scale + bias, with the biased variance.
  ///
  /// input, output: `[row, width]`, possibly the same matrix; scale, bias: `[width]`.
  package func layerNorm(
    _ input: Matrix, scale: Vector, bias: Vector, epsilon: Float, into output: MutableMatrix
  ) {
    elementwise.layerNorm(input, scale: scale, bias: bias, epsilon: epsilon, into: output)
  }

  /// x = 1 / (1 + exp(-x)) for every element of `[row, column]`.
  package func sigmoid(_ values: MutableMatrix) { elementwise.sigmoid(values) }
}
