/// Why an output or an input of records cannot be used.
public enum RecordOutputError: Error, Equatable, Sendable {
  /// Another program is writing the output.
  case busy(path: String)
  /// The output cannot be opened or written; `reason` is the system's message.
  case cannotWrite(path: String, reason: String)
  /// The output or input cannot be read.
  case cannotRead(path: String, reason: String)
  /// The file does not contain records; `found` describes its contents.
  case notRecords(path: String, found: String)
  /// The database was made by a later version.
  case laterVersion(path: String, found: Int, known: Int)
  /// The input of a merge does not contain records; `found` describes its contents.
  case notMergeable(path: String, found: String)
  /// A line, counted from 1, is not a record; `reason` says why.
  case notRecord(path: String, line: Int, reason: String)
  /// The inputs of a merge have records of different models, precisions or settings. `first` describes the records of
  /// the earlier inputs, `found` those of the input at `path`.
  case mixedSettings(path: String, found: String, first: String)
  /// The output of a merge already exists.
  case exists(path: String)
  /// The extension of the output is not that of a known format.
  case unknownEnding(path: String)
}

extension RecordOutputError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .busy(let path):
      "\(path): another maest is writing it. Wait for it, or give another output (each shard needs its own)."
    case .cannotWrite(let path, let reason):
      "\(path): cannot write: \(reason). What was recorded before is safe; make room or choose another output, and "
        + "run the same command again."
    case .cannotRead(let path, let reason):
      "\(path): cannot read: \(reason)."
    case .notRecords(let path, let found):
      "\(path): \(found), expected records of maest annotate. Give another output; this one was left as it is."
    case .laterVersion(let path, let found, let known):
      "\(path): its records are of version \(found), this program knows up to \(known). Use a later program."
    case .notMergeable(let path, let found):
      "\(path): \(found), expected JSON lines or a database of maest annotate."
    case .notRecord(let path, let line, let reason):
      "\(path): line \(line) is no record: \(reason). Remove the line or the file from the merge."
    case .mixedSettings(let path, let found, let first):
      "\(path): has records of \(found); those before are of \(first). Numbers of two settings are not to be compared: "
        + "merge each into an output of its own, choose one precision, or allow them to be mixed."
    case .exists(let path):
      "\(path): exists and is none of the inputs. Give another output, or let it be replaced."
    case .unknownEnding(let path):
      "\(path): unknown extension, expected .jsonl, .sqlite or .db."
    }
  }
}
