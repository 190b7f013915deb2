import ArgumentParser
import Foundation
import MAESTLibrary

/// Options for where records go.
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
  }

  var isStandardOutput: Bool { out == "-" }

  private var resolvedFormat: Format {
    if let format { return format }
    switch RecordFileFormat(nameOf: out) {
    case .jsonLines: return .jsonl
    case .database: return .sqlite
    case nil: return .json
    }
  }

  /// Opens the output, and makes it if it is missing.
  func open() throws -> any RecordOutput {
    if isStandardOutput { return RecordStream() }
    switch resolvedFormat {
    case .jsonl: return try JSONLinesFile(path: out)
    case .sqlite: return try RecordDatabase(path: out)
    case .json: return try RecordFolder(path: out, arrays: .inJSON)
    case .npy: return try RecordFolder(path: out, arrays: .numPy)
    }
  }

  /// What the output has already; it is only read.
  func lookup() throws -> any RecordLookup {
    guard !isStandardOutput, FileManager.default.fileExists(atPath: out) else { return RecordStream() }
    switch resolvedFormat {
    case .jsonl: return try JSONLinesFile.lookup(path: out)
    case .sqlite: return try RecordDatabase.lookup(path: out)
    case .json, .npy: return RecordFolder.lookup(path: out)
    }
  }
}
