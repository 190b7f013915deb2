import ArgumentParser
import MAESTFiles
import MAESTWeights

/// A folder for a file of each audio file, named after it: those of a folder keep their places below it.
struct OutputFolder {
  let path: String
  /// Without a point.
  let ending: String

  /// Where what is made of an audio file goes.
  func path(of file: AudioFiles.Item) -> String {
    let folder = path.isEmpty || path.hasSuffix("/") ? path : path + "/"
    return "\(folder)\(file.stem).\(ending)"
  }

  /// Refuses audio files of which the same would be made.
  ///
  /// - Throws: `ExitCode`, with the command line's.
  func check(_ files: AudioFiles) throws {
    var sources: [String: String] = [:]
    for file in files.items where file.failure == nil {
      let target = path(of: file)
      guard let other = sources.updateValue(file.name, forKey: target) else { continue }
      StandardError.print("maest: \(other) and \(file.name) would both become \(target)")
      throw ExitCode.validationFailure
    }
  }

  /// Makes the folder that a path is in.
  func makeFolder(for target: String) throws(FileWriteError) {
    try Folders.make(Folders.parent(of: target))
  }

  /// Refuses a file and a folder to write to.
  static func requireOnePlace(output: String?, folder: String?) throws {
    try MAESTCommand.requireOne(given(["-o": output != nil, "--out-dir": folder != nil]))
  }

  /// Refuses several audio files where one is to be made; a folder may have several.
  static func requireOne(_ files: AudioFiles, for option: String) throws {
    guard files.items.count > 1 else { return }
    StandardError.print(
      "maest: \(option) takes one audio file, not \(files.items.count)\(option == "-o" ? "; --out-dir takes several" : "")"
    )
    throw ExitCode.validationFailure
  }
}
