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
    }
  }
}
