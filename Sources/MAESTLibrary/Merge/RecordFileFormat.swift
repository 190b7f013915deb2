import Foundation

/// Format of a file of records.
public enum RecordFileFormat: String, Sendable, CaseIterable, Codable {
  /// JSON Lines: one record per line.
  case jsonLines = "jsonl"
  /// A ``RecordDatabase``.
  case database = "sqlite"

  /// Selects the format by the extension of an output file: `.jsonl`; `.sqlite` or `.db`. Nil for any other extension.
  public init?(nameOf path: String) {
    switch URL(filePath: path).pathExtension.lowercased() {
    case "jsonl": self = .jsonLines
    case "sqlite", "db": self = .database
    default: return nil
    }
  }

  /// Detects the format from the contents of the file at `path`, independently of its name. An empty file is JSON
  /// Lines.
  ///
  /// - Throws: `cannotRead`, `notMergeable`, `laterVersion`; `busy` for a database that this process is writing.
  init(contentsOf path: String) throws(RecordOutputError) {
    do throws(RecordOutputError) {
      let header = try DatabaseHeader(path: path)
      switch header {
      case .empty, .other(isObject: true): self = .jsonLines
      case .other: throw .notMergeable(path: path, found: "neither JSON lines nor a database")
      case .database: self = try header.isRecords(path: path) ? .database : .jsonLines
      }
    } catch .notRecords(let path, let found) {
      throw .notMergeable(path: path, found: found)
    } catch {
      throw error
    }
  }
}
