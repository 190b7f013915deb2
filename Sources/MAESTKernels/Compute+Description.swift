internal import CKernels

extension Compute: CustomStringConvertible {
  /// What runs here, a fact a line: CPU features, loops, matrix backend, threads.
  package var description: String {
    facts.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
  }

  /// What runs here, as names and values.
  package var facts: [(name: String, value: String)] {
    var facts = [
      (name: "CPU features", value: String(cString: ckernels_cpu_features())),
      (
        name: "Elementwise kernels",
        value: "\(elementwise.instructionSet.vectorName), \(elementwise.vectorWidth) floats a vector"
      ),
      (name: "Matrix multiplication", value: multiplication.name),
    ]
    if let library = multiplication as? OpenBLASMultiplication {
      facts.append((name: "OpenBLAS core", value: library.coreName))
      facts.append((name: "OpenBLAS build", value: library.configuration))
    }
    if let tiles {
      let how = tiles.isEmulated ? "emulated (\(tiles.instructionSet.rawValue))" : "AMX"
      facts.append((name: "Tiles", value: "\(tiles.precision.rawValue) precision, \(how)"))
    }
    facts.append((name: "Threads", value: String(threadCount)))
    return facts
  }
}
