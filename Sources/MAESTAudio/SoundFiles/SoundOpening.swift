import CSndfile
import Synchronization

/// libsndfile cannot open a file.
struct OpeningFailure: Error {
  /// libsndfile's message; nil if the deadline passed.
  let message: String?

  init(message: String?) {
    self.message = message
  }

  /// A system call failed; worded as libsndfile does.
  init(systemMessage: String) {
    message = "System error : \(systemMessage)."
  }
}

/// Opens files with libsndfile and finds out why one cannot be opened, without holding a lock during file I/O.
///
/// libsndfile keeps the reason of the last failure in one variable for all threads, which another file may overwrite. A
/// file that fails is therefore opened again from memory while no new opening may start. Each opening already in
/// progress can still overwrite the variable once, so a reason that is seen more often than there are such openings is
/// the file's own. This is done for every failure, even if no other file was being opened: without the file's name
/// libsndfile may give another reason, and the reason should always be the same.
enum SoundOpening {
  /// The number of openings in progress.
  private static let openCount = Mutex(0)

  /// The number of bytes at the start of a file that are copied to memory: the next length if libsndfile needs more.
  private static let copyLengths = [1 << 16, 1 << 20, 1 << 24]

  /// - Parameters:
  ///   - path: the file, to find out why it cannot be opened; nil if it can be read only once.
  ///   - body: calls libsndfile.
  static func open(
    _ path: String?, _ body: (inout SF_INFO) -> OpaquePointer?
  ) throws(OpeningFailure) -> (OpaquePointer, SF_INFO) {
    openCount.withLock { $0 += 1 }
    var info = SF_INFO()
    let pointer = body(&info)
    openCount.withLock { $0 -= 1 }
    if let pointer { return (pointer, info) }
    throw failure(path.map(reason) ?? 0, path: path)
  }

  private static func failure(_ code: Int32, path: String?) -> OpeningFailure {
    if let path {
      // The code says that a system call failed, but not why.
      do { _ = try Descriptor.opened(path, waiting: false) } catch {
        return OpeningFailure(systemMessage: error.message)
      }
    }
    guard code != 0, let text = sf_error_number(code) else {
      return OpeningFailure(message: "it cannot be opened")
    }
    return OpeningFailure(message: SoundHandle.line(String(cString: text)))
  }

  /// libsndfile's error number for the file at `path`; 0 if it cannot be determined.
  private static func reason(_ path: String) -> Int32 {
    for length in copyLengths {
      guard let copy = SoundCopy(path: path, upTo: length) else { return 0 }
      let code = reason(of: copy)
      if !copy.lacksBytes || length == copyLengths.last { return code }
    }
    return 0
  }

  private static func reason(of copy: SoundCopy) -> Int32 {
    openCount.withLock { othersCount in
      var counts: [Int32: Int] = [:]
      // Each of the others may clear the variable once and set a reason once; so may code that opens files without this
      // type.
      for _ in 0..<16 + 8 * othersCount {
        let code = copy.openingError()
        let count = (counts[code] ?? 0) + 1
        counts[code] = count
        if code != 0, count > othersCount { return code }
      }
      return 0
    }
  }
}

/// A copy of the beginning of a file, opened from memory without file I/O.
final class SoundCopy: SoundBytes {
  private let bytes: [UInt8]

  /// Whether libsndfile requested bytes that are in the file but not in the copy.
  private(set) var lacksBytes = false

  /// - Returns: nil if the path is not a file or cannot be read.
  init?(path: String, upTo limit: Int) {
    guard let file = RandomAccessFile(path),
      let bytes = file.bytes(at: 0, count: min(limit, file.length))
    else { return nil }
    self.bytes = bytes
    super.init(length: file.length)
  }

  override func read(into target: UnsafeMutableRawBufferPointer, at position: Int) -> Int {
    let end = min(position + target.count, bytes.count)
    if position + target.count > bytes.count { lacksBytes = true }
    guard position < end else { return 0 }
    bytes[position..<end].withUnsafeBytes { target.copyMemory(from: $0) }
    return end - position
  }

  /// libsndfile's error number when opening the copy; 0 if it can be opened.
  func openingError() -> Int32 {
    rewind()
    var (callbacks, info) = (SoundBytes.callbacks, SF_INFO())
    let object = Unmanaged.passUnretained(self).toOpaque()
    guard let pointer = sf_open_virtual(&callbacks, Int32(SFM_READ), &info, object) else {
      return sf_error(nil)
    }
    sf_close(pointer)
    return 0
  }
}
