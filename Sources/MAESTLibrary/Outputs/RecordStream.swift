public import Foundation

/// Records as lines of JSON to an open file such as standard output, each there as soon as it is written. It knows of no
/// earlier records.
public final class RecordStream: RecordOutput {
  private let name: String
  private let file: FileHandle

  /// - Parameters:
  ///   - file: open for writing; it is not closed.
  ///   - name: of the file, for errors.
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

  /// There are none.
  public func remove(tracks: [String]) {}

  public func finish() {}
}
