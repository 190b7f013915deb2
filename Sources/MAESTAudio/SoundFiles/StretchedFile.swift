#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file whose length is reported to libsndfile as larger than it is.
///
/// If an mp3 file does not store its frame count, libsndfile estimates it as file size / size of the first frame, and
/// stops there. With a variable bitrate the estimate may be a quarter of the real count. If it expects more frames than
/// there are, it reads to the end of the bytes.
final class StretchedFile: SoundBytes {
  /// The amount of additional length.
  enum Stretch {
    /// A few bytes: enough to change an estimated frame count, too few to contradict a size stored in the file, which
    /// libsndfile would warn about.
    case little

    /// More than the ratio of the largest to the smallest MPEG frame: 320 kbit/s to 8 kbit/s, at the same sample rate.
    case many

    /// Bytes to add to a length. `many` adds none above 2^48 bytes, so that libsndfile's arithmetic cannot overflow.
    func addition(to length: Int) -> Int {
      self == .little ? 8 : length < 1 << 48 ? 127 * length : 0
    }
  }

  private let descriptor: Descriptor

  /// - Returns: nil if the path is not a file or cannot be read.
  init?(path: String, by stretch: Stretch) {
    guard let (descriptor, length) = SoundBytes.opened(path) else { return nil }
    self.descriptor = descriptor
    super.init(
      length: length - Self.tagLength(in: descriptor, length: length), addition: stretch.addition(to: length))
  }

  override func read(into target: UnsafeMutableRawBufferPointer, at position: Int) -> Int {
    SoundBytes.read(descriptor, into: target, at: position)
  }

  /// The length in bytes of an ID3v1 tag at the end, which libsndfile looks for at the reported end.
  private static func tagLength(in descriptor: Descriptor, length: Int) -> Int {
    let tagLength = 128
    var mark: [UInt8] = [0, 0, 0]
    let count = pread(descriptor.number, &mark, mark.count, off_t(length - tagLength))
    return count == mark.count && mark == Array("TAG".utf8) ? tagLength : 0
  }
}
