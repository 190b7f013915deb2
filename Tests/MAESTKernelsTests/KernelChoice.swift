import CKernels
import MAESTKernels
import Testing

/// A matrix backend and the instruction set of the loops over elements.
struct KernelChoice: Sendable, CustomTestStringConvertible {
  let backend: MatrixBackend
  let instructionSet: InstructionSet

  var testDescription: String { "\(backend.rawValue), \(instructionSet.rawValue)" }

  func compute(threadCount: Int = 1) throws -> Compute {
    try Compute(backend: backend, instructionSet: instructionSet, threadCount: threadCount)
  }

  /// Everything that runs here.
  static let all: [KernelChoice] = backends.flatMap { backend in
    instructionSets.map { KernelChoice(backend: backend, instructionSet: $0) }
  }

  /// Those whose products differ: the built-in kernels on every instruction set, the others once.
  static let products: [KernelChoice] = all.filter {
    $0.backend == .builtin || $0.instructionSet == instructionSets.last
  }

  /// Those of `products` where an element depends on its row and its column alone.
  static let independent: [KernelChoice] = products.filter {
    (try? $0.compute().multiplication.independentRowStep) != nil
  }

  /// The backends that are installed here.
  static let backends: [MatrixBackend] = MatrixBackend.allCases.filter {
    $0 != .automatic && (try? Compute(backend: $0, threadCount: 1)) != nil
  }
}

extension InstructionSet {
  /// Its loops.
  var kernels: ckernels_table {
    let set: ckernels_instruction_set =
      switch self {
      case .baseline: .baseline
      case .avx2: .avx2
      case .avx512: .avx512
      case .amx: .amx
      case .neon: .neon
      }
    return ckernels_loops(set).pointee
  }

  /// Whether a product is added to a sum with one rounding.
  var isFused: Bool {
    #if arch(arm64)
      true
    #else
      self != .baseline
    #endif
  }
}
