import CSndfile

/// A file that libsndfile has open for reading; it is closed with its object.
final class SoundHandle {
  let pointer: OpaquePointer
  let info: SF_INFO

  /// Where the library gets the bytes from, if not from the file itself.
  let bytes: StretchedFile?

  /// - Returns: nil where the library cannot read the file; `message(nil)` says why.
  init?(path: String) {
    var info = SF_INFO()
    // The library takes "-" for the standard input.
    guard let pointer = sf_open(path == "-" ? "./-" : path, Int32(SFM_READ), &info) else { return nil }
    self.pointer = pointer
    self.info = info
    bytes = nil
  }

  init?(_ bytes: StretchedFile) {
    var info = SF_INFO()
    var callbacks = StretchedFile.callbacks
    let object = Unmanaged.passUnretained(bytes).toOpaque()
    guard let pointer = sf_open_virtual(&callbacks, Int32(SFM_READ), &info, object) else { return nil }
    self.pointer = pointer
    self.info = info
    self.bytes = bytes
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
