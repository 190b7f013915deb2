internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The instruction sets that the loops over elements are compiled for.
package enum InstructionSet: String, CaseIterable, Sendable {
  /// Vectors of 4, on every CPU.
  case baseline
  /// Vectors of 8: AVX2 and FMA.
  case avx2
  /// Vectors of 16: AVX-512 F, BW, DQ, VL.
  case avx512
  /// The same vectors, and tiles of bfloat16: AVX512-BF16, AMX-TILE, AMX-BF16.
  case amx

  /// The environment variable that lowers the choice, to test and to debug.
  package static let environmentVariable = "MAEST_CPU"

  /// Whether this build has it, and the CPU and the operating system run it.
  package var isSupported: Bool { ckernels_supports(code) }

  /// All that run here, worst first.
  package static var supported: [InstructionSet] { allCases.filter(\.isSupported) }

  /// The best that runs here.
  package static var best: InstructionSet { supported.last ?? .baseline }

  /// The best that runs here, or the one that the environment asks for.
  ///
  /// - Throws: ``KernelError`` when it asks for one that does not exist or does not run here.
  package static func selected() throws(KernelError) -> InstructionSet {
    guard let value = getenv(environmentVariable) else { return best }
    return try named(String(cString: value))
  }

  /// The instruction set of a name, where it runs here.
  package static func named(_ name: String) throws(KernelError) -> InstructionSet {
    guard let asked = InstructionSet(rawValue: name) else {
      throw .unknownInstructionSet(name: name, known: allCases.map(\.rawValue))
    }
    guard asked.isSupported else {
      throw .unsupportedInstructionSet(name: name, supported: supported.map(\.rawValue))
    }
    return asked
  }

  /// The name of the set that its loops over vectors are compiled for: tiles bring none of their own.
  package var vectorName: String { self == .amx ? InstructionSet.avx512.rawValue : rawValue }

  var code: ckernels_instruction_set {
    switch self {
    case .baseline: .baseline
    case .avx2: .avx2
    case .avx512: .avx512
    case .amx: .amx
    }
  }

  /// Its loops. A constant of the program: the address is valid for ever.
  var loops: UnsafePointer<ckernels_table> { ckernels_loops(code) }
}
