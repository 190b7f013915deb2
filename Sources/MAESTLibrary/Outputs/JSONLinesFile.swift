import Foundation
import MAESTWeights

/// A file with a record on each line, as JSON.
///
/// Lines are added at its end. Of several lines of a track the last one counts; ``finish()`` leaves only that one. A last
/// line that a killed run left without its end is cut off before the next record is written.
public final class JSONLinesFile: RecordOutput {
  private struct Line {
    var offset: Int
    var entry: RecordEntry
  }

  public let path: String
  private let lock: OutputLock
  private var descriptor: Int32
  /// Where the next line goes: after the last complete one.
  private var end = 0
  /// Each track's last line.
  private var lines: [TrackKey: Line] = [:]
  private var hasSupersededLines = false
  /// Whether anything was written since the file was opened.
  private var isTouched = false

  /// Opens the file, or makes it, and reads which tracks are in it.
  ///
  /// - Throws: ``RecordOutputError``; for a file of something else `.notRecords`, and it stays as it is.
  public init(path: String) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.failure(path) }
    do { lock = try OutputLock(path: path) } catch {
      close(descriptor)
      throw error
    }
    try readLines()
  }

  deinit { close(descriptor) }

  public func entry(ofTrack path: String) -> RecordEntry? { lines[TrackKey(path)]?.entry }

  /// One write to the end of the file, brought to disk.
  public func write(_ records: [TrackRecord]) throws {
    var bytes = Data()
    var added: [(key: TrackKey, line: Line)] = []
    for record in records {
      added.append((TrackKey(record.path), Line(offset: end + bytes.count, entry: RecordEntry(record))))
      bytes += try record.jsonLine()
      bytes.append(UInt8(ascii: "\n"))
    }
    try cutOffTornLine()
    do throws(RecordOutputError) {
      try append(bytes)
    } catch {
      // Where nothing more fits, the half that did is no use.
      ftruncate(descriptor, off_t(end))
      throw error
    }
    end += bytes.count
    for (key, line) in added where lines.updateValue(line, forKey: key) != nil { hasSupersededLines = true }
  }

  /// Leaves out lines that later ones of the same track have taken the place of.
  public func finish() throws {
    guard hasSupersededLines else { return }
    do {
      let file = try AtomicFile(path: path)
      let reader = try JSONLinesReader(path: path)
      while let line = try reader.next(), line.offset < end {
        if lines[TrackKey(try record(in: line).path)]?.offset == line.offset {
          try file.write(line.bytes + Data("\n".utf8))
        }
      }
      try file.commit()
    } catch let error as FileWriteError {
      throw RecordOutputError.cannotWrite(path: error.path, reason: error.reason)
    }
    hasSupersededLines = false
  }

  // MARK: - Reading

  private func readLines() throws {
    let reader = try JSONLinesReader(path: path)
    while let line = try reader.next() {
      guard line.isComplete else {
        // A torn record is cut off later; the end of a file of something else is not.
        guard Data("{\"".utf8).starts(with: line.bytes.prefix(2)) || line.bytes.allSatisfy({ $0 == 0 }) else {
          throw RecordOutputError.notRecords(path: path, found: "line \(line.number) is none")
        }
        break
      }
      let record = try record(in: line)
      let entry = RecordEntry(status: record.status, file: record.file, settings: record.settings)
      let known = Line(offset: line.offset, entry: entry)
      if lines.updateValue(known, forKey: TrackKey(record.path)) != nil { hasSupersededLines = true }
      end = line.endOffset
    }
  }

  private func record(in line: JSONLine) throws(RecordOutputError) -> RecordHead {
    do { return try JSONDecoder().decode(RecordHead.self, from: line.bytes) } catch {
      throw .notRecords(path: path, found: "line \(line.number) is none")
    }
  }

  // MARK: - Writing

  private func cutOffTornLine() throws(RecordOutputError) {
    guard !isTouched else { return }
    isTouched = true
    guard ftruncate(descriptor, off_t(end)) == 0 else { throw Self.failure(path) }
  }

  private func append(_ bytes: Data) throws(RecordOutputError) {
    var written = 0
    while written < bytes.count {
      let count = bytes[(bytes.startIndex + written)...].withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress, $0.count, off_t(end + written))
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

/// What of a record tells whether it is up to date: decoding it takes none of the rest.
struct RecordHead: Decodable {
  let path: String
  let status: TrackRecord.Status
  let settings: String
  let file: FileState?

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: TrackRecord.CodingKeys.self)
    path = try container.decode(String.self, forKey: .path)
    status = try container.decode(TrackRecord.Status.self, forKey: .status)
    file = try FileState(in: container)
    settings = try decoder.container(keyedBy: RecordProvenance.CodingKeys.self).decode(
      String.self, forKey: .settings)
  }
}
