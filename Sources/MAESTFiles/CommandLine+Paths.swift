import MAESTTensor

extension CommandLine {
  /// The arguments without the program's name, as text in the form of `PathBytes`. In ``CommandLine/arguments`` bytes
  /// that are not UTF-8 are lost.
  package static var pathTexts: [String] {
    (1..<max(1, Int(argc))).compactMap { index in unsafeArgv[index].map { PathBytes.text(ofTerminated: $0) } }
  }
}
