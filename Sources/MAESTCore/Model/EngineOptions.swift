public import MAESTKernels

/// Options for the computation of a model.
public struct EngineOptions: Sendable, Hashable {
  /// A GEMM backend: the implementation of matrix multiplication.
  public typealias Backend = MatrixBackend

  /// The number format of the matrix products in encoder blocks.
  public typealias Precision = MAESTKernels.Precision

  /// The maximum number of threads of one analysis, 1 to 1024; nil: the number of physical cores available to the
  /// process. One more thread decodes a file in advance.
  public var threadCount: Int?
  public var backend: Backend
  public var precision: Precision
  /// Whether precisions may be emulated on a CPU without their instructions: the results are bit-identical, and the
  /// computation is several times slower than `exact`. Intended for tests. If false, requesting such a precision is an
  /// error.
  public var allowsEmulation: Bool

  public init(
    threadCount: Int? = nil, backend: Backend = .automatic, precision: Precision = .exact,
    allowsEmulation: Bool = false
  ) {
    self.threadCount = threadCount
    self.backend = backend
    self.precision = precision
    self.allowsEmulation = allowsEmulation
  }

  /// All available cores, the system's fastest backend, single precision.
  public static let automatic = EngineOptions()

  /// The maximum number of threads of one analysis.
  package var resolvedThreadCount: Int {
    threadCount ?? min(ProcessorCount.available(), Self.threadCounts.upperBound)
  }

  /// The valid numbers of threads.
  package static let threadCounts = Compute.threadCounts

  /// Returns facts about this machine and the selected backend and instruction sets.
  ///
  /// - Throws: an error of the compute backend.
  public func systemFacts() throws -> SystemFacts {
    let (set, precisions) = (try InstructionSet.selected(), try Self.precisionsHere())
    let fastest = Precision.fast.resolved(with: set)
    return SystemFacts(
      compute: try makeCompute().facts, precisions: precisions,
      automaticPrecision: Precision.auto.resolved(with: set),
      fastPrecision: precisions.contains(fastest) ? fastest : nil)
  }

  /// Returns the precisions that this CPU supports without emulation. ``Precision/auto`` and ``Precision/fast`` stand for one
  /// of them.
  ///
  /// - Throws: an error if MAEST_CPU names no instruction set that this CPU supports.
  public static func precisionsHere() throws -> [Precision] {
    let set = try InstructionSet.selected()
    return [.exact, .high, .bf16, .int16].filter { $0.isNative(with: set) }
  }

  /// The same options in single precision, for graphs that are run operation by operation.
  package var inSinglePrecision: EngineOptions {
    var options = self
    options.precision = .exact
    return options
  }

  package func makeCompute() throws -> Compute {
    try Compute(
      backend: backend, threadCount: threadCount, precision: precision, allowsEmulation: allowsEmulation)
  }

  /// Returns the precision that these options select on this machine; never ``Precision/auto`` or ``Precision/fast``.
  ///
  /// - Throws: an error if MAEST_CPU names no instruction set that this CPU supports.
  public func resolvedPrecision() throws -> Precision {
    precision.resolved(with: try InstructionSet.selected())
  }
}
