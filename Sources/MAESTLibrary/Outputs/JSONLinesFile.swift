import Foundation
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
  private var temporaryPath: String { place + ".partial" }

  /// Opens the file, or makes it, and reads which tracks are in it.
  ///
  /// - Throws: ``RecordOutputError``; for a file of something else `.notRecords`, and it stays as it is.
  public init(path: String) throws {
    self.path = path
    place = try OutputPlace(path).path
    (lock, descriptor) = try Self.open(place)
    index = RecordLineIndex()
    index = try RecordLineIndex(path: place)
    unlink(temporaryPath)
  }

  deinit { close(descriptor) }

  /// What is recorded of tracks in the file at `path`, which is only read.
  ///
  /// - Throws: as ``init(path:)``.
  public static func lookup(path: String) throws -> any RecordLookup { try RecordLineIndex(path: path) }

  public func entry(ofTrack path: String) -> RecordEntry? { index.entry(ofTrack: path) }

  public func precisions() -> Set<String> { index.precisions() }

  /// One write to the end of the file, brought to disk.
  public func write(_ records: [TrackRecord]) throws {
    let lines = try records.map { try $0.endedJSONLine() }
    try cutOffTornLine()
    do throws(RecordOutputError) {
      try append(lines.reduce(Data(), +))
    } catch {
      // Where nothing more fits, the half that did is no use.
      ftruncate(descriptor, off_t(index.end))
      throw error
    }
    for (record, line) in zip(records, lines) {
      index.add(
        RecordEntry(record), ofTrack: record.path, precision: record.provenance.precision,
        byteCount: line.count)
    }
  }

  /// Leaves out lines that later ones of the same track have taken the place of.
  public func finish() throws {
    guard index.hasSupersededLines else { return }
    var kept = RecordLineIndex()
    do {
      let file = try AtomicFile(path: place, temporaryPath: temporaryPath)
      let reader = try JSONLinesReader(path: place)
      while let line = try reader.next(), line.offset < index.end {
        let head = try JSONDecoder().decode(RecordHead.self, from: line.bytes)
        guard let known = index.lines[TrackKey(head.path)], known.offset == line.offset else { continue }
        try file.write(line.bytes + Data("\n".utf8))
        kept.add(
          known.entry, ofTrack: head.path, precision: head.precision, byteCount: line.bytes.count + 1)
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
    let descriptor = Foundation.open(place, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(place) }
    return (lock, descriptor)
  }

  /// Whatever follows the last record is dropped, and the record's line ended, if it was not.
  private func cutOffTornLine() throws(RecordOutputError) {
    guard !isCut else { return }
    guard ftruncate(descriptor, off_t(index.end)) == 0 else { throw Self.failure(path) }
    if index.lacksLineEnd {
      try append(Data("\n".utf8))
      index.endLine()
    }
    isCut = true
  }

  private func append(_ bytes: Data) throws(RecordOutputError) {
    var written = 0
    while written < bytes.count {
      let count = bytes[(bytes.startIndex + written)...].withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress, $0.count, off_t(index.end + written))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Self.failure(path) }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw Self.failure(path) }
  }

  private static func failure(_ path: String) -> RecordOutputError {
    .cannotWrite(path: path, reason: systemReason())
  }
}
