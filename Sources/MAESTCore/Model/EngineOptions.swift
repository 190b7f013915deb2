package import MAESTKernels

/// How a model computes.
public struct EngineOptions: Sendable, Hashable {
  /// Who multiplies matrices.
  public enum Backend: String, Sendable, CaseIterable {
    /// The fastest there is on this system: the built-in kernels on CPUs with AVX2 or AVX-512; else Accelerate
    /// (macOS) or OpenBLAS; where that is not installed, the built-in kernels.
    case automatic
    /// This package's own kernels.
    case builtin
    /// OpenBLAS, loaded when the first model is.
    case openblas
    /// Apple's Accelerate.
    case accelerate
    /// Plain Swift: slow, needs no library, for comparison.
    case reference
  }

  /// How exactly the products of matrices in encoder blocks, nearly all of the work, are computed.
  ///
  /// The residual stream, norms, softmax sums, patch embedding and head are single precision in each.
  public enum Precision: String, Sendable, CaseIterable, Codable {
    /// Single precision: the reference's numbers.
    case exact
    /// Each number as the sum of two bfloat16 numbers: nearly single precision, on CPUs with tiles (AMX).
    case high
    /// bfloat16, on CPUs with tiles: two to three right digits, the same labels.
    case fast
    /// `high` where the CPU has tiles, else `exact`.
    case auto
  }

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
      backend: matrixBackend, threadCount: threadCount, precision: kernelPrecision(),
      allowsEmulation: allowsEmulation)
  }

  /// The precision that is used here: never ``Precision/auto``.
  ///
  /// - Throws: where MAEST_CPU names no instruction set that runs here.
  public func resolvedPrecision() throws -> Precision {
    guard precision == .auto else { return precision }
    return Compute.hasTiles(try InstructionSet.selected()) ? .high : .exact
  }

  private func kernelPrecision() throws -> MAESTKernels.Precision {
    switch try resolvedPrecision() {
    case .exact, .auto: .exact
    case .high: .high
    case .fast: .fast
    }
  }

  private var matrixBackend: MatrixBackend {
    switch backend {
    case .automatic: .automatic
    case .builtin: .builtIn
    case .openblas: .openBLAS
    case .accelerate: .accelerate
    case .reference: .reference
    }
  }
}
