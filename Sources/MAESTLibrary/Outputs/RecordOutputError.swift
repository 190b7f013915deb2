/// An output that cannot be used.
public enum RecordOutputError: Error, Equatable, Sendable {
  /// Another program writes it.
  case busy(path: String)
  /// It cannot be opened or written; `reason` is the system's.
  case cannotWrite(path: String, reason: String)
  /// It cannot be read.
  case cannotRead(path: String, reason: String)
  /// The file is something else; `found` says what.
  case notRecords(path: String, found: String)
  /// A database of a later version.
  case laterVersion(path: String, found: Int, known: Int)
  /// An input of a merge is something else; `found` says what.
  case notMergeable(path: String, found: String)
  /// A line, counted from 1, is no record; `reason` says why.
  case notRecord(path: String, line: Int, reason: String)
  /// Inputs of a merge have records of two models, precisions or settings, in words; `first` are those of all before,
  /// `path` is the input with others.
  case mixedSettings(path: String, found: String, first: String)
  /// The output of a merge is there already.
  case exists(path: String)
  /// The name of the output, whose ending is none of those known, does not tell how it keeps records.
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
      "\(path): its ending does not tell how to keep records, expected .jsonl, .sqlite or .db."
    }
  }
}
