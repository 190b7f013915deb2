import CSndfile
import MAESTFiles

/// A file that is open for reading in libsndfile; it is closed with its object.
final class SoundHandle {
  let pointer: OpaquePointer
  let info: SF_INFO

  /// The source of bytes, if libsndfile does not read the file itself.
  private let bytes: SoundBytes?

  init(path: String) throws(OpeningFailure) {
    // libsndfile treats "-" as standard input.
    let name = path == "-" ? "./-" : path
    (pointer, info) = try SoundOpening.open(path) { info in
      PathBytes.withPath(name) { sf_open($0, Int32(SFM_READ), &info) }
    }
    bytes = nil
  }

  init(_ bytes: SoundBytes) throws(OpeningFailure) {
    var callbacks = SoundBytes.callbacks
    let object = Unmanaged.passUnretained(bytes).toOpaque()
    (pointer, info) = try SoundOpening.open(nil) {
      sf_open_virtual(&callbacks, Int32(SFM_READ), &$0, object)
    }
    self.bytes = bytes
  }

  deinit {
    sf_close(pointer)
  }

  /// - Throws: `OpeningFailure` for a header without a sample rate or channels.
  func layout() throws(OpeningFailure) -> SampleLayout {
    guard info.samplerate >= 1, info.channels >= 1 else {
      throw OpeningFailure(message: "\(info.channels) channels at \(info.samplerate) Hz in the header")
    }
    return SampleLayout(sampleRate: Int(info.samplerate), channelCount: Int(info.channels))
  }

  /// The frame count in the file's header; nil if there is none.
  var expectedFrameCount: Int? {
    info.frames == sf_count_t.max || info.frames < 0 ? nil : Int(info.frames)
  }

  var hasFailed: Bool { sf_error(pointer) != 0 }

  /// libsndfile's last error message for this file.
  var message: String { sf_strerror(pointer).map { Self.line(String(cString: $0)) } ?? "unknown error" }

  /// Turns a message of libsndfile into one line.
  static func line(_ message: String) -> String {
    message.drop { $0.isWhitespace }.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// Container and encoding, as named by libsndfile.
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
