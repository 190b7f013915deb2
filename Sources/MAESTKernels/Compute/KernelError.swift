/// Why the requested kernels are unavailable.
package enum KernelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// OpenBLAS is not installed. `reason` lists the searched names and the package to install.
  case openBLASMissing(reason: String)
  /// OpenBLAS was found, but cannot be used.
  case openBLASUnusable(reason: String)
  /// Accelerate exists on Apple's systems only.
  case accelerateMissing
  /// MAEST_CPU is set to a name that is not in `known`.
  case unknownInstructionSet(name: String, known: [String])
  /// MAEST_CPU is set to an instruction set that the CPU, the operating system or this build lacks.
  case unsupportedInstructionSet(name: String, supported: [String])
  /// A precision that needs tiles, with an instruction set without tiles or in a process that may not use them; or one
  /// that needs AVX2 or NEON, without them.
  case notNative(precision: Precision, instructionSet: InstructionSet)
  /// A thread count outside ``Compute/threadCounts``.
  case invalidThreadCount(Int)

  package var description: String {
    switch self {
    case .openBLASMissing(let reason):
      "OpenBLAS is missing: \(reason). Install it, or choose another matrix backend (\(Self.others))."
    case .openBLASUnusable(let reason):
      "The OpenBLAS found cannot be used: \(reason)."
    case .accelerateMissing:
      "Accelerate exists on Apple's systems only; choose another matrix backend."
    case .unknownInstructionSet(let name, let known):
      "MAEST_CPU is “\(name)”; expected one of \(known.joined(separator: ", "))."
    case .unsupportedInstructionSet(let name, let supported):
      "MAEST_CPU is “\(name)”, which this machine cannot run; it can run "
        + "\(supported.joined(separator: ", "))."
    case .notNative(.int16, let instructionSet):
      "Precision “int16” needs a CPU with AVX2, or an ARM64 CPU; "
        + "\(InstructionSet.best != .baseline ? "MAEST_CPU selects" : "the best here is") \(instructionSet.rawValue). "
        + "Choose exact; or allow emulation, which computes the same numbers slowly."
    case .notNative(let precision, let instructionSet):
      "Precision “\(precision.rawValue)” needs a CPU with AMX tiles, which Intel Xeons have since Sapphire Rapids; "
        + (instructionSet == .amx
          ? "this CPU has them, but the operating system does not let the process use them. "
          : "\(InstructionSet.amx.isSupported ? "MAEST_CPU selects" : "the best here is") \(instructionSet.rawValue). ")
        + "Choose exact, or fast, which is int16 here; or allow emulation, which computes the same numbers slowly."
    case .invalidThreadCount(let count):
      "\(count) threads requested; expected \(Compute.threadCounts.lowerBound) to \(Compute.threadCounts.upperBound)."
    }
  }

  private static var others: String {
    MatrixBackend.allCases.filter { $0 != .automatic && $0 != .openblas }.map(\.rawValue)
      .joined(separator: ", ")
  }
}
