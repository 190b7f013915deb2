import CMPG123

/// Decodes single frames of MPEG audio with libmpg123, which finds no frames itself here and cuts nothing off.
final class MPEGDecoder {
  /// Whether libmpg123 was set up; versions before 1.27 need it.
  private static let isReady = mpg123_init() == Int32(MPG123_OK.rawValue)

  private let handle: OpaquePointer

  /// - Returns: nil if libmpg123 has no memory.
  init?() {
    guard Self.isReady, let handle = mpg123_new(nil, nil) else { return nil }
    self.handle = handle
    let flags =
      MPG123_QUIET.rawValue | MPG123_FORCE_FLOAT.rawValue | MPG123_IGNORE_INFOFRAME.rawValue
      | MPG123_NO_READAHEAD.rawValue | MPG123_SKIP_ID3V2.rawValue
    guard maest_mpg123_set(handle, Int32(MPG123_FLAGS.rawValue), Int(flags)) == MPG123_OK.rawValue, restart()
    else { return nil }
  }

  deinit {
    mpg123_delete(handle)
  }

  /// Forgets earlier frames.
  ///
  /// - Returns: whether it succeeded.
  @discardableResult
  func restart() -> Bool {
    mpg123_close(handle)
    return mpg123_open_feed(handle) == MPG123_OK.rawValue
  }

  /// Decodes a frame.
  ///
  /// - Parameters:
  ///   - frame: its bytes.
  ///   - interleaved: the samples are appended, `[frame, channel]`.
  /// - Returns: whether it could be decoded.
  func decode(_ frame: UnsafeRawBufferPointer, appendingTo interleaved: inout [Float]) -> Bool {
    let bytes = frame.bindMemory(to: UInt8.self)
    guard mpg123_feed(handle, bytes.baseAddress, bytes.count) == MPG123_OK.rawValue else { return false }
    while true {
      var count = 0
      var samples: UnsafeMutablePointer<UInt8>?
      switch maest_mpg123_decode_frame(handle, &samples, &count) {
      case Int32(MPG123_NEW_FORMAT.rawValue):
        // Has to be asked for before decoding goes on.
        var (rate, channels, encoding) = (0, Int32(0), Int32(0))
        mpg123_getformat(handle, &rate, &channels, &encoding)
      case Int32(MPG123_OK.rawValue):
        guard let samples, count > 0 else { return false }
        UnsafeRawPointer(samples).withMemoryRebound(to: Float.self, capacity: count / 4) {
          interleaved.append(contentsOf: UnsafeBufferPointer(start: $0, count: count / 4))
        }
        return true
      default:
        return false
      }
    }
  }
}
