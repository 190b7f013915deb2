import Foundation
import MAESTKernels
import Testing

/// What is chosen for a machine, and what is refused.
struct MachineTests {
  @Test func theBaselineRunsEverywhere() {
    #expect(InstructionSet.baseline.isSupported)
    #expect(InstructionSet.supported.contains(.best))
    for set in InstructionSet.supported {
      #expect(ElementwiseKernels(instructionSet: set).vectorWidth >= 4)
    }
  }

  @Test func instructionSetsHaveNames() throws {
    for set in InstructionSet.supported {
      #expect(try InstructionSet.named(set.rawValue) == set)
    }
    #expect(
      throws: KernelError.unknownInstructionSet(
        name: "avx1024", known: ["baseline", "avx2", "avx512", "amx", "neon"])
    ) {
      try InstructionSet.named("avx1024")
    }
    let supported = InstructionSet.supported.map(\.rawValue)
    for set in InstructionSet.allCases where !set.isSupported {
      #expect(
        throws: KernelError.unsupportedInstructionSet(name: set.rawValue, supported: supported)
      ) {
        try InstructionSet.named(set.rawValue)
      }
    }
  }

  @Test(arguments: [0, -1, .min, 1025, .max])
  func threadsAreFromOneToSomeHundreds(count: Int) {
    #expect(throws: KernelError.invalidThreadCount(count)) {
      try Compute(backend: .reference, threadCount: count)
    }
  }

  @Test func theDescriptionNamesWhatRuns() throws {
    let compute = try Compute(backend: .reference, threadCount: 3)
    #expect(compute.description.contains("Matrix multiplication: reference"))
    #expect(compute.description.contains(compute.elementwise.instructionSet.vectorName))
    #expect(compute.description.contains("Threads: 3"))
  }

  @Test(arguments: instructionSets)
  func theBuiltInKernelsAreChosenWhereTheyAreFast(set: InstructionSet) throws {
    let chosen = try Compute(backend: .automatic, instructionSet: set, threadCount: 1).multiplication.name
    let builtIn = try Compute(backend: .builtin, instructionSet: set, threadCount: 1).multiplication.name
    #expect(builtIn == "built in (\(set.vectorName))")
    #if canImport(Accelerate)
      #expect(chosen == ([.baseline, .neon].contains(set) ? "Accelerate" : builtIn))
    #else
      #expect(chosen == (set == .baseline ? "OpenBLAS" : builtIn))
    #endif
  }

  @Test func automaticPrecisionIsResolved() throws {
    let set = try InstructionSet.selected()
    let expected: Precision = Compute.hasTiles(set) ? .high : .exact
    #expect(Precision.auto.resolved(with: set) == expected)
    #expect(try Compute(threadCount: 1, precision: .auto).precision == expected)
    #expect(Precision.auto.resolved(with: .avx2) == .exact)
    for precision in [Precision.exact, .high, .bf16, .int16] {
      #expect(precision.resolved(with: set) == precision)
    }
  }

  /// `fast` is bfloat16 where the CPU has tiles, fixed point on other x86-64 CPUs, and single precision on ARM64.
  @Test func fastPrecisionIsResolved() throws {
    let set = try InstructionSet.selected()
    let expected: Precision = Compute.hasTiles(set) ? .bf16 : set == .neon ? .exact : .int16
    #expect(Precision.fast.resolved(with: set) == expected)
    #expect(Precision.fast.resolved(with: .avx2) == .int16 && Precision.fast.resolved(with: .neon) == .exact)
    #expect(Precision.fast.isNative(with: .avx2) == InstructionSet.avx2.isSupported)
    #expect(!Precision.int16.isNative(with: .baseline) && Precision.exact.isNative(with: .baseline))
  }

  @Test func errorsSayWhatToDo() {
    let missing = KernelError.openBLASMissing(reason: "searched libopenblas.so.0")
    #expect(missing.description.contains("libopenblas.so.0"))
    #expect(missing.description.contains("reference"))
    let unsupported = KernelError.unsupportedInstructionSet(name: "avx512", supported: ["baseline"])
    #expect(unsupported.description.contains("avx512") && unsupported.description.contains("baseline"))
  }

  #if os(Linux)
    @Test func openBLASIsInstalled() throws {
      let library = try OpenBLASMultiplication()
      #expect(library.configuration.contains("OpenBLAS"))
    }

    /// A release that does not know the CPU chooses kernels that are many times slower.
    @Test(.enabled(if: InstructionSet.avx2.isSupported && (try? InstructionSet.selected()) != .baseline))
    func openBLASRunsKernelsThatFitTheCPU() throws {
      let core = try OpenBLASMultiplication().coreName
      let slow = ["Prescott", "Generic", "Core2", "Nehalem", "Penryn", "Dunnington", "Atom", "Unknown"]
      #expect(!slow.contains { $0.lowercased() == core.lowercased() }, "\(core)")
    }

    /// The environment that the process began with is in /proc.
    @Test func loadingOpenBLASLeavesTheEnvironmentAsItWas() throws {
      _ = try OpenBLASMultiplication()
      let first = String(decoding: try Data(contentsOf: URL(filePath: "/proc/self/environ")), as: UTF8.self)
      for name in ["OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS"] {
        let wasThere = first.split(separator: "\0").contains { $0.hasPrefix(name + "=") }
        #expect((getenv(name) != nil) == wasThere, "\(name)")
      }
    }

    @Test func accelerateIsAppleOnly() {
      #expect(throws: KernelError.accelerateMissing) { try Compute(backend: .accelerate) }
    }
  #endif
}
