public import Foundation

/// Writes records as JSON lines to an open file such as standard output, unbuffered. Has no earlier records.
public final class RecordStream: RecordOutput {
  private let name: String
  private let file: FileHandle

  /// - Parameters:
  ///   - file: open for writing; is not closed.
  ///   - name: name of the file in error messages.
  public init(_ file: FileHandle = .standardOutput, name: String = "standard output") {
    self.file = file
    self.name = name
  }

  public func entry(ofTrack path: String) -> RecordEntry? { nil }

  public func record(ofTrack path: String) -> TrackRecord? { nil }

  public func provenances() -> [ProvenanceCount] { [] }

  public func forEachTrack(_ body: (_ path: String) throws -> Void) {}

  public func write(_ records: [TrackRecord]) throws {
    let lines = try records.map { try $0.endedJSONLine() }.reduce(Data(), +)
    do { try file.write(contentsOf: lines) } catch {
      throw RecordOutputError.cannotWrite(path: name, reason: error.localizedDescription)
    }
  }

  /// Does nothing: there are no earlier records.
  public func remove(tracks: [String]) {}

  public func finish() {}
}
