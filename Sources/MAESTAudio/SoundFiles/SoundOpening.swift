import CSndfile
import Synchronization

/// libsndfile cannot open a file.
struct OpeningFailure: Error {
  /// In the library's words; nil where it was not waited for to the end.
  let message: String?

  init(message: String?) {
    self.message = message
  }

  /// A call of the system failed; the library puts it this way.
  init(systemMessage: String) {
    message = "System error : \(systemMessage)."
  }
}

/// Opens files with libsndfile, and finds out why one cannot be opened, without a lock around anything that reads.
///
/// The library keeps the reason of the last failure in one place for all threads, so what is there may be another file's.
/// A file that fails is opened once more from memory, and no opening begins at that time: of those that have begun each
/// may still put one reason in that place, so that one which is found more often than there are such openings is the
/// file's own. That is done of each file, whether others were opened meanwhile or not: from memory the library does not
/// know the file's name, and may give another reason.
enum SoundOpening {
  /// Openings that have begun and not ended.
  private static let openCount = Mutex(0)

  /// Bytes of a file's beginning that are taken into memory: more where the library asks for more.
  private static let copyLengths = [1 << 16, 1 << 20, 1 << 24]

  /// - Parameters:
  ///   - path: the file, to find out why it cannot be opened; nil for what can be read only once.
  ///   - body: calls the library.
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
      // The code tells that the system has refused something, but not what.
      do { _ = try Descriptor.opened(path, waiting: false) } catch {
        return OpeningFailure(systemMessage: error.message)
      }
    }
    guard code != 0, let text = sf_error_number(code) else {
      return OpeningFailure(message: "it cannot be opened")
    }
    return OpeningFailure(message: SoundHandle.line(String(cString: text)))
  }

  /// Why the file at `path` cannot be opened, by the library's number; 0 where that cannot be found out.
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
      // Each of the others may clear the place once, and put a reason there once; whoever opens files past this may
      // do so too.
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

/// The beginning of a file in memory, to be opened without reading anything.
final class SoundCopy: SoundBytes {
  private let bytes: [UInt8]

  /// Whether the library wanted bytes that are in the file and not in the copy.
  private(set) var lacksBytes = false

  /// - Returns: nil for what is no file, or cannot be read.
  init?(path: String, upTo limit: Int) {
    guard let (descriptor, length) = SoundBytes.opened(path) else { return nil }
    var bytes = [UInt8](repeating: 0, count: min(limit, length))
    let count = bytes.withUnsafeMutableBytes { SoundBytes.read(descriptor, into: $0, at: 0) }
    self.bytes = Array(bytes[..<count])
    super.init(length: length)
  }

  override func read(into target: UnsafeMutableRawBufferPointer, at position: Int) -> Int {
    let end = min(position + target.count, bytes.count)
    if position + target.count > bytes.count { lacksBytes = true }
    guard position < end else { return 0 }
    bytes[position..<end].withUnsafeBytes { target.copyMemory(from: $0) }
    return end - position
  }

  /// The library's number for why it cannot be opened; 0 if it can.
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
