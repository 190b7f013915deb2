internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The instruction sets that the kernels are compiled for.
package enum InstructionSet: String, CaseIterable, Sendable {
  /// Vectors of 4, on every CPU; plain loops that the others are compared with.
  case baseline
  /// Vectors of 8: AVX2 and FMA.
  case avx2
  /// Vectors of 16: AVX-512 F, BW, DQ, VL.
  case avx512
  /// The same vectors, and bfloat16 tiles: AVX512-BF16, AMX-TILE, AMX-BF16.
  case amx
  /// Vectors of 4 and multiplication by a lane: every ARM64 CPU.
  case neon

  /// The environment variable that selects a lower instruction set, for tests and debugging.
  package static let environmentVariable = "MAEST_CPU"

  /// Whether this build includes it, and the CPU and the operating system support it.
  package var isSupported: Bool { ckernels_supports(code) }

  /// All that this machine supports, slowest first.
  package static var supported: [InstructionSet] { allCases.filter(\.isSupported) }

  /// The fastest one that this machine supports.
  package static var best: InstructionSet { supported.last ?? .baseline }

  /// The fastest one that this machine supports, or the one that the environment variable names.
  ///
  /// - Throws: ``KernelError`` if the variable names an unknown or unsupported instruction set.
  package static func selected() throws(KernelError) -> InstructionSet {
    guard let value = getenv(environmentVariable) else { return best }
    return try named(String(cString: value))
  }

  /// The instruction set with a name.
  ///
  /// - Throws: ``KernelError`` if it is unknown or unsupported.
  package static func named(_ name: String) throws(KernelError) -> InstructionSet {
    guard let set = InstructionSet(rawValue: name) else {
      throw .unknownInstructionSet(name: name, known: allCases.map(\.rawValue))
    }
    guard set.isSupported else {
      throw .unsupportedInstructionSet(name: name, supported: supported.map(\.rawValue))
    }
    return set
  }

  /// The name of the instruction set of the vector loops: `amx` uses those of `avx512`.
  package var vectorName: String { self == .amx ? InstructionSet.avx512.rawValue : rawValue }

  var code: ckernels_instruction_set {
    switch self {
    case .baseline: .baseline
    case .avx2: .avx2
    case .avx512: .avx512
    case .amx: .amx
    case .neon: .neon
    }
  }

  /// The table of its kernels. A constant of the program, so the address is always valid.
  var loops: UnsafePointer<ckernels_table> { ckernels_loops(code) }
}
