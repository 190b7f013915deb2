/// Why kernels cannot be had as asked.
package enum KernelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// OpenBLAS is not installed. `reason` names what was searched and the package.
  case openBLASMissing(reason: String)
  /// An OpenBLAS was found that cannot be used.
  case openBLASUnusable(reason: String)
  /// Accelerate is part of Apple's systems only.
  case accelerateMissing
  /// MAEST_CPU holds a name that is none of `known`.
  case unknownInstructionSet(name: String, known: [String])
  /// MAEST_CPU asks for more than the CPU, the system or this build has.
  case unsupportedInstructionSet(name: String, supported: [String])
  /// A precision other than exact on an instruction set without tiles, or in a process that may not use them.
  case noTiles(precision: Precision, instructionSet: InstructionSet)
  /// Fewer than one thread, or more than can be had.
  case invalidThreadCount(Int)

  package var description: String {
    switch self {
    case .openBLASMissing(let reason):
      "OpenBLAS is missing: \(reason). Without it choose another matrix backend (\(Self.others))."
    case .openBLASUnusable(let reason):
      "The OpenBLAS found cannot be used: \(reason)."
    case .accelerateMissing:
      "Accelerate is not part of this system; choose another matrix backend."
    case .unknownInstructionSet(let name, let known):
      "MAEST_CPU is “\(name)”; it can be \(known.joined(separator: ", "))."
    case .unsupportedInstructionSet(let name, let supported):
      "MAEST_CPU is “\(name)”, which this machine cannot run; it can run "
        + "\(supported.joined(separator: ", "))."
    case .noTiles(let precision, let instructionSet):
      "Precision “\(precision.rawValue)” takes a CPU with AMX tiles, as Intel's Xeons have from Sapphire Rapids on; "
        + (instructionSet == .amx
          ? "this one has them, but the operating system does not let the process use them. "
          : "\(InstructionSet.amx.isSupported ? "MAEST_CPU asks for" : "the best here is") \(instructionSet.rawValue). ")
        + "Choose exact, or auto, which is exact here; --allow-emulation computes the same numbers, slowly."
    case .invalidThreadCount(let count):
      "\(count) threads were asked for; from \(Compute.threadCounts.lowerBound) to \(Compute.threadCounts.upperBound) can be had."
    }
  }

  private static var others: String {
    MatrixBackend.allCases.filter { $0 != .automatic && $0 != .openBLAS }.map(\.rawValue)
      .joined(separator: ", ")
  }
}
