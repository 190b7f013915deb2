import ArgumentParser
import MAESTFiles
import MAESTWeights

/// An output folder with one file per audio file, named after it. Files found in a searched folder keep their relative
/// paths.
struct OutputFolder {
  let path: String
  /// Extension of the output files, without a dot.
  let ending: String

  /// Path of the output file for an audio file.
  func path(of file: AudioFiles.Item) -> String {
    let folder = path.isEmpty || path.hasSuffix("/") ? path : path + "/"
    return "\(folder)\(file.stem).\(ending)"
  }

  /// Throws if two audio files would have the same output path.
  ///
  /// - Throws: `ExitCode.validationFailure`.
  func check(_ files: AudioFiles) throws {
    var sources: [String: String] = [:]
    for file in files.items where file.failure == nil {
      let target = path(of: file)
      guard let other = sources.updateValue(file.name, forKey: target) else { continue }
      StandardError.print("maest: \(other) and \(file.name) would both become \(target)")
      throw ExitCode.validationFailure
    }
  }

  /// Makes the parent folder of an output path.
  func makeFolder(for target: String) throws(FileWriteError) {
    try Folders.make(Folders.parent(of: target))
  }

  /// Throws if both an output file and an output folder are given.
  static func requireOnePlace(output: String?, folder: String?) throws {
    try MAESTCommand.requireOne(given(["-o": output != nil, "--out-dir": folder != nil]))
  }

  /// Throws if there are several audio files for an option that takes one.
  static func requireOne(_ files: AudioFiles, for option: String) throws {
    guard files.items.count > 1 else { return }
    StandardError.print(
      "maest: \(option) takes one audio file, not \(files.items.count)\(option == "-o" ? "; --out-dir takes several" : "")"
    )
    throw ExitCode.validationFailure
  }
}
