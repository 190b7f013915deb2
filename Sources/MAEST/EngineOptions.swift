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

  /// Threads that one analysis uses at most; nil: the physical cores that the process may use.
  /// A file is decoded ahead by one thread more.
  public var threadCount: Int?
  public var backend: Backend

  public init(threadCount: Int? = nil, backend: Backend = .automatic) {
    self.threadCount = threadCount
    self.backend = backend
  }

  /// All allowed cores, the system's fastest backend.
  public static let automatic = EngineOptions()

  /// Threads that one analysis uses at most.
  package var resolvedThreadCount: Int { threadCount ?? ProcessorCount.available() }

  /// Facts about this machine and what runs on it, as names and values.
  public func systemFacts() throws -> [(name: String, value: String)] {
    try makeCompute().facts
  }

  package func makeCompute() throws -> Compute {
    try Compute(backend: matrixBackend, threadCount: threadCount)
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
