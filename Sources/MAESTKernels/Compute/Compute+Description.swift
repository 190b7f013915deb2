internal import CKernels

/// The machine's features and the kernels in use.
package struct ComputeFacts: Sendable {
  /// The CPU's features, one string for each extension and its parts: "AVX2", "AVX-512 F DQ BW VL".
  package let processorFeatures: [String]
  /// The instruction set of the elementwise kernels.
  package let instructionSet: String
  /// Floats in one vector.
  package let vectorWidth: Int
  /// The GEMM backend's name.
  package let matrixBackend: String
  /// The CPU type whose kernels OpenBLAS uses, and its version and build options; nil for other backends.
  package let openBLAS: (core: String, build: String)?
  /// GEMM in bfloat16 or fixed point; nil if all products are in single precision.
  package let tiles: (precision: String, instructions: String, isEmulated: Bool)?
  package let threadCount: Int
}

extension Compute: CustomStringConvertible {
  /// The facts, one per line: CPU features, elementwise kernels, GEMM backend, threads.
  package var description: String { facts.lines.map { "\($0.name): \($0.value)" }.joined(separator: "\n") }

  /// The machine's features and the kernels in use.
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
          precision: $0.precision.rawValue, instructions: $0.instructions,
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
      let how = tiles.isEmulated ? "emulated (\(tiles.instructions))" : tiles.instructions
      lines.append((name: "Tiles", value: "\(tiles.precision) precision, \(how)"))
    }
    lines.append((name: "Threads", value: "\(threadCount)"))
    return lines
  }
}
