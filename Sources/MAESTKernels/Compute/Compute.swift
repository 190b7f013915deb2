package import MAESTTensor

/// The kernels that a network is built from, for one choice of GEMM backend, instruction set and threads.
///
/// All except ``parallel(count:_:)`` run on the calling thread. They may be called from many threads at once if their
/// outputs do not overlap. All matrices are row-major, and may be views.
package struct Compute: Sendable {
  /// The largest number of threads that ``parallel(count:_:)`` uses.
  package let threadCount: Int

  /// The elementwise kernels.
  package let elementwise: ElementwiseKernels

  /// The GEMM backend.
  package let multiplication: any MatrixMultiplication

  /// GEMM in bfloat16 or fixed point for the products that tolerate it; nil if all products are in single precision.
  package let tiles: TileKernels?

  /// The thread counts that are accepted. Threads beyond the number of CPUs wait for each other, and each takes scratch
  /// memory.
  package static let threadCounts = 1...1024

  /// Chooses kernels for this machine.
  ///
  /// - Parameters:
  ///   - backend: the GEMM backend.
  ///   - threadCount: 1 to 1024; nil for the number of physical cores that the process may use.
  ///   - precision: that of ``tiles``; other products are in single precision. `auto` and `fast` are resolved here.
  ///   - allowsEmulation: whether precisions may be emulated on a CPU without their instructions.
  /// - Throws: ``KernelError`` if the backend is missing, MAEST_CPU names no instruction set that runs
  ///   here, the thread count is out of range, or the precision needs instructions that are not available.
  package init(
    backend: MatrixBackend = .automatic, threadCount: Int? = nil, precision: Precision = .exact,
    allowsEmulation: Bool = false
  ) throws(KernelError) {
    let instructionSet = try InstructionSet.selected()
    try self.init(
      backend: backend, instructionSet: instructionSet, threadCount: threadCount, precision: precision,
      allowsEmulation: allowsEmulation)
  }

  /// Chooses kernels for a given instruction set.
  package init(
    backend: MatrixBackend, instructionSet: InstructionSet, threadCount: Int?, precision: Precision = .exact,
    allowsEmulation: Bool = false
  ) throws(KernelError) {
    let threads = threadCount ?? min(ProcessorCount.available(), Self.threadCounts.upperBound)
    guard Self.threadCounts.contains(threads) else { throw .invalidThreadCount(threads) }
    self.threadCount = threads
    elementwise = ElementwiseKernels(instructionSet: instructionSet)
    multiplication = try backend.makeMultiplication(instructionSet: instructionSet)
    let precision = precision.resolved(with: instructionSet)
    guard precision != .exact else {
      tiles = nil
      return
    }
    guard precision.isNative(with: instructionSet) || allowsEmulation else {
      throw .notNative(precision: precision, instructionSet: instructionSet)
    }
    // If the CPU has tiles that the operating system does not grant, the CPU's vectors emulate them.
    let isDenied = instructionSet == .amx && !Self.hasTiles(instructionSet)
    tiles = TileKernels(precision: precision, instructionSet: isDenied ? .avx512 : instructionSet)
  }

  /// Whether an instruction set has tiles, and the operating system grants them to this process.
  package static func hasTiles(_ instructionSet: InstructionSet) -> Bool {
    instructionSet == .amx && TileKernels.request()
  }

  /// The precision of ``tiles``, or `exact` without them; never `auto` or `fast`.
  package var precision: Precision { tiles?.precision ?? .exact }

  /// Runs the body once for every index below `count`, on at most ``threadCount`` threads.
  ///
  /// `worker` is in `0..<threadCount`, and no two calls of one loop have the same worker at the same time,
  /// so each worker can have its own scratch memory. A worker takes the next index when it is free;
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
  /// input, output: `[row, width]`, may be the same matrix; scale, bias: `[width]`.
  package func layerNorm(
    _ input: Matrix, scale: Vector, bias: Vector, epsilon: Float, into output: MutableMatrix
  ) {
    elementwise.layerNorm(input, scale: scale, bias: bias, epsilon: epsilon, into: output)
  }

  /// x = 1 / (1 + exp(-x)) for every element of `[row, column]`.
  package func sigmoid(_ values: MutableMatrix) { elementwise.sigmoid(values) }
}
