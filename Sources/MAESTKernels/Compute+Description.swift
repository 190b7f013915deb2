internal import CKernels

/// What runs on this machine.
package struct ComputeFacts: Sendable {
  /// The CPU's features, an extension and its parts each: "AVX2", "AVX-512 F DQ BW VL".
  package let processorFeatures: [String]
  /// The instruction set of the loops over elements.
  package let instructionSet: String
  /// Floats in one of its vectors.
  package let vectorWidth: Int
  /// The GEMM backend's name.
  package let matrixBackend: String
  /// The core whose kernels OpenBLAS runs, and its version and build options; nil for other backends.
  package let openBLAS: (core: String, build: String)?
  /// Products in bfloat16; nil where there are none.
  package let tiles: (precision: String, instructionSet: String, isEmulated: Bool)?
  package let threadCount: Int
}

extension Compute: CustomStringConvertible {
  /// What runs here, a fact a line: CPU features, loops, matrix backend, threads.
  package var description: String { facts.lines.map { "\($0.name): \($0.value)" }.joined(separator: "\n") }

  /// What runs here.
  package var facts: ComputeFacts {
    let openBLAS = multiplication as? OpenBLASMultiplication
    return ComputeFacts(
      processorFeatures: String(cString: ckernels_cpu_features()).split(separator: ",").map {
        String($0.drop { $0 == " " })
      },
      instructionSet: elementwise.instructionSet.vectorName, vectorWidth: elementwise.vectorWidth,
      matrixBackend: multiplication.name,
      openBLAS: openBLAS.map { (core: $0.coreName, build: $0.configuration) },
      tiles: tiles.map {
        (
          precision: $0.precision.rawValue, instructionSet: $0.instructionSet.rawValue,
          isEmulated: $0.isEmulated
        )
      },
      threadCount: threadCount)
  }
}

extension ComputeFacts {
  /// The facts as names and values, for people.
  package var lines: [(name: String, value: String)] {
    var lines = [
      (name: "CPU features", value: processorFeatures.joined(separator: ", ")),
      (name: "Elementwise kernels", value: "\(instructionSet), \(vectorWidth) floats a vector"),
      (name: "Matrix multiplication", value: matrixBackend),
    ]
    if let openBLAS {
      lines.append((name: "OpenBLAS core", value: openBLAS.core))
      lines.append((name: "OpenBLAS build", value: openBLAS.build))
    }
    if let tiles {
      let how = tiles.isEmulated ? "emulated (\(tiles.instructionSet))" : "AMX"
      lines.append((name: "Tiles", value: "\(tiles.precision) precision, \(how)"))
    }
    lines.append((name: "Threads", value: "\(threadCount)"))
    return lines
  }
}
