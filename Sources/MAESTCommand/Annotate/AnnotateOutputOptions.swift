import ArgumentParser
import Foundation
import MAESTFiles
import MAESTLibrary

/// Options for the output of records.
struct AnnotateOutputOptions: ParsableArguments {
  @Option(
    help: "Where records go: a .jsonl file, an .sqlite or .db file, a folder, or - for standard output.",
    completion: .file())
  var out: String

  @Option(
    help: "jsonl, sqlite, json (a file a track) or npy (with arrays beside). Default: as --out is named.")
  var format: Format?

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case jsonl, sqlite, json, npy
  }

  func validate() throws {
    if isStandardOutput, let format, format != .jsonl {
      throw ValidationError("--out - prints lines of JSON, no \(format.rawValue)")
    }
    if !isStandardOutput, resolvedFormat == nil {
      throw ValidationError(
        "--out \(out): its ending is none of .jsonl, .sqlite and .db. Name a folder without an ending, or with a slash "
          + "at its end, or say the --format")
    }
  }

  var isStandardOutput: Bool { out == "-" }

  /// The format given with `--format`, else the one implied by the name or an existing folder; nil if unknown.
  private var resolvedFormat: Format? {
    if let format { return format }
    switch RecordFileFormat(nameOf: out) {
    case .jsonLines: return .jsonl
    case .database: return .sqlite
    case nil: return isNameOfFolder ? .json : nil
    }
  }

  private var isNameOfFolder: Bool {
    if PathCalls.exists(out) { return Folders.isFolder(out) }
    return out.hasSuffix("/") || URL(filePath: out).pathExtension.isEmpty
  }

  /// Opens the output; creates it if it does not exist.
  func open() throws -> any RecordOutput {
    if isStandardOutput { return RecordStream() }
    switch resolvedFormat {
    case .jsonl: return try JSONLinesFile(path: out)
    case .sqlite: return try RecordDatabase(path: out)
    case .json: return try RecordFolder(path: out, arrays: .inJSON)
    case .npy: return try RecordFolder(path: out, arrays: .numPy)
    case nil: throw RecordOutputError.unknownEnding(path: out)
    }
  }

  /// Whether the output's path exists, with or without records.
  var exists: Bool { !isStandardOutput && PathCalls.exists(out) }

  /// Opens the existing records for reading only.
  func lookup() throws -> any RecordLookup {
    guard exists else { return RecordStream() }
    switch resolvedFormat {
    case .jsonl: return try JSONLinesFile.lookup(path: out)
    case .sqlite: return try RecordDatabase.lookup(path: out)
    case .json, .npy: return try RecordFolder.lookup(path: out)
    case nil: throw RecordOutputError.unknownEnding(path: out)
    }
  }
}
