public import MAESTKernels

/// How a model computes.
public struct EngineOptions: Sendable, Hashable {
  /// A GEMM backend: the implementation of matrix multiplication.
  public typealias Backend = MatrixBackend

  /// The arithmetic of the matrix products in encoder blocks.
  public typealias Precision = MAESTKernels.Precision

  /// Threads that one analysis uses at most, 1 to 1024; nil: the physical cores that the process may use.
  /// A file is decoded ahead by one thread more.
  public var threadCount: Int?
  public var backend: Backend
  public var precision: Precision
  /// Whether `high` and `fast` may be emulated with ordinary vectors where the CPU has no tiles: the same bits, several
  /// times slower than `exact`. For tests. Otherwise they are refused there.
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

  /// All allowed cores, the system's fastest backend, single precision.
  public static let automatic = EngineOptions()

  /// Threads that one analysis uses at most.
  package var resolvedThreadCount: Int {
    threadCount ?? min(ProcessorCount.available(), Self.threadCounts.upperBound)
  }

  /// Threads that can be asked for.
  package static let threadCounts = Compute.threadCounts

  /// Facts about this machine and what runs on it.
  ///
  /// - Throws: an error of the compute backend.
  public func systemFacts() throws -> SystemFacts {
    var automatic = self
    automatic.precision = .auto
    return SystemFacts(
      compute: try makeCompute().facts, precisions: try Self.precisionsHere(),
      automaticPrecision: try automatic.resolvedPrecision())
  }

  /// The precisions that this CPU computes in without emulation, one of which ``Precision/auto`` stands for.
  ///
  /// - Throws: where MAEST_CPU names no instruction set that runs here.
  public static func precisionsHere() throws -> [Precision] {
    Compute.hasTiles(try InstructionSet.selected()) ? [.exact, .high, .fast] : [.exact]
  }

  /// The same for what is single precision whatever is asked for: graphs that are run operation by operation.
  package var inSinglePrecision: EngineOptions {
    var options = self
    options.precision = .exact
    return options
  }

  package func makeCompute() throws -> Compute {
    try Compute(
      backend: backend, threadCount: threadCount, precision: precision, allowsEmulation: allowsEmulation)
  }

  /// The precision that is used here: never ``Precision/auto``.
  ///
  /// - Throws: if MAEST_CPU names no instruction set that runs here.
  public func resolvedPrecision() throws -> Precision {
    guard precision == .auto else { return precision }
    return precision.resolved(with: try InstructionSet.selected())
  }
}
