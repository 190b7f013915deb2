import ArgumentParser
import Foundation
import MAEST

/// What `maest compare` sets side by side, from the words of its command line.
struct ComparedSides: Equatable {
  /// Nil: the default model.
  var model: String?
  var reference: String?
  var precision: EngineOptions.Precision
  var referencePrecision: EngineOptions.Precision
  var files: [String]

  /// Whether both sides are one model in one precision.
  var isOneModelInOnePrecision: Bool { model == reference && precision == referencePrecision }

  private static let precisions = EngineOptions.Precision.allCases.map(\.rawValue).joined(separator: ", ")

  /// - Parameters:
  ///   - words: models and files.
  ///   - model: stands for both sides; nil: `words` begins with two models, or there are precisions and no model.
  ///   - precisionWords: what followed `--precision`: one or two precisions, then files or models; with one model and
  ///     one precision the reference is exact.
  /// - Throws: `ValidationError`, which says what is expected.
  init(words: [String], model: String?, precisionWords: [String]) throws {
    let known = precisionWords.prefix(2).prefix { EngineOptions.Precision(rawValue: $0) != nil }
      .compactMap { EngineOptions.Precision(rawValue: $0) }
    if known.isEmpty, let word = precisionWords.first {
      throw ValidationError("--precision \(word): expected \(Self.precisions); a second one is B's")
    }
    precision = known.first ?? .exact
    referencePrecision = known.last ?? .exact
    let words = words + precisionWords.dropFirst(known.count)
    if model == nil, known.isEmpty || Self.areModels(words.prefix(2)) {
      (self.model, reference) = (words.first, words.dropFirst().first)
      files = Array(words.dropFirst(2))
    } else {
      (self.model, reference, files) = (model, model, words)
      // One model in one precision is set beside single precision.
      if known.count == 1 { referencePrecision = .exact }
      try refuseModels()
    }
    guard !files.isEmpty else {
      throw ValidationError(
        "no audio files: expected two models and files; or, with --model or --precision, files alone")
    }
  }

  /// Where one model stands for both sides.
  private func refuseModels() throws {
    guard let word = files.first(where: Self.namesModel) else { return }
    throw ValidationError(
      "'\(word)' is no audio file, and no precision (\(Self.precisions)); one model for both sides is named by --model, "
        + "two come before the files")
  }

  private static func areModels(_ words: ArraySlice<String>) -> Bool {
    words.count == 2 && words.allSatisfy(namesModel)
  }

  /// Whether a word is a model rather than an audio file: a weight file or graph, a folder, or a name where no file is.
  private static func namesModel(_ word: String) -> Bool {
    if word == "-" { return false }
    let url = URL(filePath: word)
    if ["safetensors", "pb", "onnx"].contains(url.pathExtension.lowercased()) { return true }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: word, isDirectory: &isFolder) { return isFolder.boolValue }
    return url.pathExtension.isEmpty && !word.contains("/")
  }
}
