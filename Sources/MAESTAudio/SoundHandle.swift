import CSndfile
import Synchronization

/// Held while the library opens a file: why it could not, it keeps in one place for all threads.
private let opening = Mutex(())

/// A file that libsndfile has open for reading; it is closed with its object.
final class SoundHandle {
  let pointer: OpaquePointer
  let info: SF_INFO

  /// Where the library gets the bytes from, if not from the file itself.
  let bytes: StretchedFile?

  /// The library cannot read a file; the message is its own.
  struct OpeningFailure: Error {
    let message: String
  }

  init(path: String) throws(OpeningFailure) {
    // The library takes "-" for the standard input.
    let name = path == "-" ? "./-" : path
    // A pipe may have no writer for ever; nobody else is to wait for that.
    (pointer, info) = try Self.open(alone: FileFacts.mayBeReadTwice(path)) {
      sf_open(name, Int32(SFM_READ), &$0)
    }
    bytes = nil
  }

  init(_ bytes: StretchedFile) throws(OpeningFailure) {
    var callbacks = StretchedFile.callbacks
    let object = Unmanaged.passUnretained(bytes).toOpaque()
    (pointer, info) = try Self.open(alone: true) {
      sf_open_virtual(&callbacks, Int32(SFM_READ), &$0, object)
    }
    self.bytes = bytes
  }

  private static let attemptLimit = 100

  /// - Parameter alone: whether no other file is opened meanwhile, so that a failure's message is this file's.
  private static func open(
    alone: Bool, _ body: (inout SF_INFO) -> OpaquePointer?
  ) throws(OpeningFailure) -> (OpaquePointer, SF_INFO) {
    var info = SF_INFO()
    var pointer: OpaquePointer?
    var message = ""
    func open() {
      pointer = body(&info)
      if pointer == nil { message = Self.message(nil) }
    }
    // A pipe, or another user of the library in this process, may have taken the reason away at that moment: there is
    // none then, and the file is asked again.
    func openUntilThereIsAReason() {
      for _ in 0..<Self.attemptLimit {
        open()
        if pointer != nil || sf_error(nil) != 0 { return }
      }
    }
    if alone { opening.withLock { _ in openUntilThereIsAReason() } } else { open() }
    guard let pointer else { throw OpeningFailure(message: message) }
    return (pointer, info)
  }

  deinit {
    sf_close(pointer)
  }

  var isMPEG: Bool { info.format & Int32(SF_FORMAT_TYPEMASK) == Int32(SF_FORMAT_MPEG) }

  var hasFailed: Bool { sf_error(pointer) != 0 }

  /// The library's last error; that of opening if there is no handle.
  static func message(_ handle: SoundHandle?) -> String {
    guard let text = sf_strerror(handle?.pointer) else { return "unknown error" }
    let message = String(cString: text)
    return String(message.drop { $0.isWhitespace }.split(whereSeparator: \.isNewline).joined(separator: " "))
  }

  /// Container and encoding, in the library's words.
  var formatName: String {
    let parts = [info.format & Int32(SF_FORMAT_TYPEMASK), info.format & Int32(SF_FORMAT_SUBMASK)]
    return parts.compactMap(Self.partName).joined(separator: ", ")
  }

  private static func partName(_ format: Int32) -> String? {
    var info = SF_FORMAT_INFO()
    info.format = format
    let size = Int32(MemoryLayout<SF_FORMAT_INFO>.size)
    let code = sf_command(nil, Int32(SFC_GET_FORMAT_INFO), &info, size)
    return code == 0 ? info.name.map { String(cString: $0) } : nil
  }
}
