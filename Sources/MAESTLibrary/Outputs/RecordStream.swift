public import Foundation

/// Records as lines of JSON to an open file such as standard output, each there as soon as it is written. It knows of no
/// earlier records.
public final class RecordStream: RecordOutput {
  private let name: String
  private let file: FileHandle

  /// - Parameter name: of the file, for errors.
  public init(_ file: FileHandle = .standardOutput, name: String = "standard output") {
    self.file = file
    self.name = name
  }

  public func entry(ofTrack path: String) -> RecordEntry? { nil }

  public func write(_ records: [TrackRecord]) throws {
    var lines = Data()
    for record in records {
      lines += try record.jsonLine()
      lines.append(UInt8(ascii: "\n"))
    }
    do { try file.write(contentsOf: lines) } catch {
      throw RecordOutputError.cannotWrite(path: name, reason: error.localizedDescription)
    }
  }

  public func finish() {}
}
