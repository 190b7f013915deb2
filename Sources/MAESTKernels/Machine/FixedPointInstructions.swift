internal import CKernels

/// The instructions that multiply 16-bit integers. All give the same bits.
package enum FixedPointInstructions: String, CaseIterable, Sendable {
  /// Those of every CPU.
  case baseline
  /// VPMADDWD of 256 bits.
  case avx2
  /// VPDPWSSD of 256 bits.
  case avxVNNI = "avx-vnni"
  /// VPMADDWD of 512 bits.
  case avx512
  /// VPDPWSSD of 512 bits.
  case avx512VNNI = "avx512-vnni"
  /// SMLAL.
  case neon

  /// Whether this build includes them, and the CPU and the operating system support them.
  package var isSupported: Bool { ckernels_supports_fixed(code) }

  /// The fastest ones that this machine supports and that go with an instruction set.
  package static func best(with instructionSet: InstructionSet) -> FixedPointInstructions {
    let candidates: [FixedPointInstructions] =
      switch instructionSet {
      case .baseline: [.baseline]
      case .avx2: [.avxVNNI, .avx2]
      case .avx512, .amx: [.avx512VNNI, .avx512]
      case .neon: [.neon]
      }
    return candidates.first(where: \.isSupported) ?? .baseline
  }

  var code: ckernels_fixed_instructions {
    switch self {
    case .baseline: .baseline
    case .avx2: .avx2
    case .avxVNNI: .avxVNNI
    case .avx512: .avx512
    case .avx512VNNI: .avx512VNNI
    case .neon: .neon
    }
  }
}
