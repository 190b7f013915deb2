import ArgumentParser
import Foundation
import MAEST
import MAESTFiles

/// The two sides that `maest compare` compares, parsed from its command line.
struct ComparedSides: Equatable {
  /// Nil for the default model.
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
  ///   - model: the model of both sides; nil if `words` begins with two models, or to use the default model.
  ///   - precisionWords: the words after `--precision`: one or two precisions, then files or models. With one model and
  ///     one precision the reference is exact.
  /// - Throws: `ValidationError` that states the expected arguments.
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
      // With one model and one precision, the reference is in single precision.
      if known.count == 1 { referencePrecision = .exact }
      try refuseModels()
    }
    guard !files.isEmpty else {
      throw ValidationError(
        "no audio files: expected two models and files; or, with --model or --precision, files alone")
    }
  }

  /// Throws if a file looks like a model, when both sides use the same model.
  private func refuseModels() throws {
    guard let word = files.first(where: Self.namesModel) else { return }
    throw ValidationError(
      "'\(word)' is no audio file, and no precision (\(Self.precisions)); one model for both sides is named by --model, "
        + "two come before the files")
  }

  private static func areModels(_ words: ArraySlice<String>) -> Bool {
    words.count == 2 && words.allSatisfy(namesModel)
  }

  /// Whether a word is a model rather than an audio file: a weight file or graph, a folder, or a name without a file.
  private static func namesModel(_ word: String) -> Bool {
    if word == "-" { return false }
    let url = URL(filePath: word)
    if ["safetensors", "pb", "onnx"].contains(url.pathExtension.lowercased()) { return true }
    if PathCalls.exists(word) { return Folders.isFolder(word) }
    return url.pathExtension.isEmpty && !word.contains("/")
  }
}
