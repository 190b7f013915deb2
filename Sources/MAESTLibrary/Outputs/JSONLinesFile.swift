import Foundation
import MAESTFiles
import MAESTWeights

/// A file with a record on each line, as JSON.
///
/// Lines are added at its end. Of several lines of a track the last one counts; ``finish()`` leaves only that one. A last
/// line that a killed run left without its end is cut off before the next record is written. Of a batch that a killed run
/// was writing, the records at its beginning may be there.
public final class JSONLinesFile: RecordOutput {
  public let path: String
  /// Without symbolic links.
  private let place: String
  private var lock: OutputLock
  private var descriptor: Int32
  private var index: RecordLineIndex
  /// Whether what follows the last record was cut off since the file was opened.
  private var isCut = false

  /// What ``finish()`` writes before it takes the file's place.
  private var temporaryPath: String { place + ".maest-partial" }

  /// Opens the file, or makes it, and reads which tracks are in it.
  ///
  /// - Throws: ``RecordOutputError``; for a file of something else `.notRecords`, and it stays as it is.
  public init(path: String) throws {
    self.path = path
    place = try OutputPlace(path).path
    (lock, descriptor) = try Self.open(place)
    index = RecordLineIndex()
    index = try RecordLineIndex(path: place)
    FileSystemCalls.unlinkFile(temporaryPath)
  }

  deinit { close(descriptor) }

  /// What is recorded of tracks in the file at `path`, which is only read.
  ///
  /// - Throws: as ``init(path:)``.
  public static func lookup(path: String) throws -> any RecordLookup { try JSONLinesLookup(path: path) }

  private var lookup: JSONLinesLookup { JSONLinesLookup(path: place, index: index) }

  public func entry(ofTrack path: String) -> RecordEntry? { lookup.entry(ofTrack: path) }

  public func record(ofTrack path: String) throws -> TrackRecord? { try lookup.record(ofTrack: path) }

  public func provenances() -> [ProvenanceCount] { lookup.provenances() }

  public func forEachTrack(_ body: (_ path: String) throws -> Void) rethrows { try lookup.forEachTrack(body) }

  /// One write to the end of the file, brought to disk.
  public func write(_ records: [TrackRecord]) throws {
    let lines = try records.map { try $0.endedJSONLine() }
    try cutOffTornLine()
    do throws(RecordOutputError) {
      try append(lines.reduce(Data(), +))
    } catch {
      // Where nothing more fits, the half that did is no use.
      _ = FileSystemCalls.truncateFile(descriptor, to: index.end)
      throw error
    }
    for (record, line) in zip(records, lines) {
      index.add(RecordEntry(record), ofTrack: record.path, record.provenance, byteCount: line.count)
    }
  }

  /// Writes the file anew, without their lines.
  public func remove(tracks: [String]) throws {
    for track in tracks { index.remove(TrackKey(track)) }
    try finish()
  }

  /// Leaves out lines that later ones of the same track have taken the place of.
  public func finish() throws {
    guard index.hasSupersededLines else { return }
    var kept = RecordLineIndex()
    do {
      let file = try AtomicFile(path: place, temporaryPath: temporaryPath)
      let reader = try JSONLinesReader(path: place)
      for (track, line) in index.lines.sorted(by: { $0.value.offset < $1.value.offset }) {
        guard let provenance = index.provenance(ofSettings: line.entry.settings) else {
          preconditionFailure("\(path): settings \(line.entry.settings) of no line")
        }
        try file.write(try reader.read(offset: line.offset, count: line.byteCount) + Data("\n".utf8))
        kept.add(line.entry, ofTrack: track.path, provenance, byteCount: line.byteCount + 1)
      }
      try file.commit()
    } catch let error as FileWriteError {
      throw RecordOutputError.cannotWrite(path: path, reason: error.reason)
    }
    // The old file has lost its name.
    close(descriptor)
    descriptor = -1
    (lock, descriptor) = try Self.open(place)
    index = kept
  }

  // MARK: - The file

  /// Locks before opening: what another has put there meanwhile is what is opened.
  private static func open(_ place: String) throws(RecordOutputError) -> (OutputLock, Int32) {
    let lock = try OutputLock(path: place)
    let descriptor = FileSystemCalls.openFile(place, O_RDWR)
    guard descriptor >= 0 else { throw failure(place) }
    return (lock, descriptor)
  }

  /// Whatever follows the last record is dropped, and the record's line ended, if it was not.
  private func cutOffTornLine() throws(RecordOutputError) {
    guard !isCut else { return }
    guard FileSystemCalls.truncateFile(descriptor, to: index.end) == 0 else { throw Self.failure(path) }
    if index.lacksLineEnd {
      try append(Data("\n".utf8))
      index.endLine()
    }
    isCut = true
  }

  private func append(_ bytes: Data) throws(RecordOutputError) {
    let written = bytes.withUnsafeBytes { FileSystemCalls.write($0, to: descriptor, at: index.end) }
    guard written == bytes.count, FileSystemCalls.synchronizeFile(descriptor) == 0 else {
      throw Self.failure(path)
    }
  }

  private static func failure(_ path: String) -> RecordOutputError {
    .cannotWrite(path: path, reason: systemReason())
  }
}

/// Records as JSON lines, to be read only.
struct JSONLinesLookup: RecordLookup {
  let path: String
  let index: RecordLineIndex

  init(path: String, index: RecordLineIndex) {
    self.path = path
    self.index = index
  }

  init(path: String) throws { self.init(path: path, index: try RecordLineIndex(path: path)) }

  func entry(ofTrack path: String) -> RecordEntry? { index.lines[TrackKey(path)]?.entry }

  func record(ofTrack track: String) throws -> TrackRecord? {
    guard let line = index.lines[TrackKey(track)] else { return nil }
    let bytes = try JSONLinesReader(path: path).read(offset: line.offset, count: line.byteCount)
    do { return try TrackRecord(jsonLine: bytes) } catch is DecodingError {
      throw RecordOutputError.cannotRead(path: path, reason: "the record of \(track) is damaged")
    }
  }

  func provenances() -> [ProvenanceCount] { index.provenanceCounts }

  func forEachTrack(_ body: (_ path: String) throws -> Void) rethrows {
    for key in index.lines.keys { try body(key.path) }
  }
}
