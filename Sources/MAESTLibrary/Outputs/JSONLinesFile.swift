import Foundation
import MAESTFiles
import MAESTWeights

/// A JSON Lines file with one record per line.
///
/// Records are appended. If a track has several lines, the last one is its record; ``finish()`` removes the others. An
/// incomplete last line of a killed run is removed before the next record is written. If a run is killed while it
/// writes a batch, the file may contain only the first records of the batch.
public final class JSONLinesFile: RecordOutput {
  public let path: String
  /// The path with symbolic links resolved.
  private let place: String
  private var lock: OutputLock
  private var descriptor: Int32
  private var index: RecordLineIndex
  /// Whether incomplete data after the last record was removed since the file was opened.
  private var isCut = false

  /// Temporary file of ``finish()``.
  private var temporaryPath: String { place + ".maest-partial" }

  /// Opens or creates the file, and reads which tracks it contains.
  ///
  /// - Throws: ``RecordOutputError``; `.notRecords` for any other kind of file, which stays unchanged.
  public init(path: String) throws {
    self.path = path
    place = try OutputPlace(path).path
    (lock, descriptor) = try Self.open(place)
    index = RecordLineIndex()
    index = try RecordLineIndex(path: place)
    FileSystemCalls.unlinkFile(temporaryPath)
  }

  deinit { close(descriptor) }

  /// Looks up records in the file at `path`, read-only.
  ///
  /// - Throws: as ``init(path:)``.
  public static func lookup(path: String) throws -> any RecordLookup { try JSONLinesLookup(path: path) }

  private var lookup: JSONLinesLookup { JSONLinesLookup(path: place, index: index) }

  public func entry(ofTrack path: String) -> RecordEntry? { lookup.entry(ofTrack: path) }

  public func record(ofTrack path: String) throws -> TrackRecord? { try lookup.record(ofTrack: path) }

  public func provenances() -> [ProvenanceCount] { lookup.provenances() }

  public func forEachTrack(_ body: (_ path: String) throws -> Void) rethrows { try lookup.forEachTrack(body) }

  /// Appends the records with one write and synchronizes the file.
  public func write(_ records: [TrackRecord]) throws {
    let lines = try records.map { try $0.endedJSONLine() }
    try cutOffTornLine()
    do throws(RecordOutputError) {
      try append(lines.reduce(Data(), +))
    } catch {
      // The disk may be full: remove the part that was written.
      _ = FileSystemCalls.truncateFile(descriptor, to: index.end)
      throw error
    }
    for (record, line) in zip(records, lines) {
      index.add(RecordEntry(record), ofTrack: record.path, record.provenance, byteCount: line.count)
    }
  }

  /// Rewrites the file without the lines of these tracks.
  public func remove(tracks: [String]) throws {
    for track in tracks { index.remove(TrackKey(track)) }
    try finish()
  }

  /// Removes lines that a later line of the same track replaces.
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
    // The descriptor refers to the replaced file.
    close(descriptor)
    descriptor = -1
    (lock, descriptor) = try Self.open(place)
    index = kept
  }

  // MARK: - The file

  /// Locks before opening, so that it opens the file that another program may have put in place meanwhile.
  private static func open(_ place: String) throws(RecordOutputError) -> (OutputLock, Int32) {
    let lock = try OutputLock(path: place)
    let descriptor = FileSystemCalls.openFile(place, O_RDWR)
    guard descriptor >= 0 else { throw failure(place) }
    return (lock, descriptor)
  }

  /// Removes incomplete data after the last record, and adds the record's line end if it is missing.
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

/// A JSON Lines file of records, read-only.
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
