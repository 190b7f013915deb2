#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file that libsndfile is told to be longer than it is.
///
/// Where an mp3 file does not say how many frames it has, the library takes the size of the file over that of the
/// first frame for it, and stops there. With a variable bitrate that may be a quarter of what there is. Where it
/// expects more than can come, it goes on to the end of the bytes.
final class StretchedFile: SoundBytes {
  /// How much longer.
  enum Stretch {
    /// A few bytes: enough to change a number of frames that is guessed, too few to differ from a size that the file
    /// tells, of which the library would warn.
    case little

    /// More than the largest MPEG frame over the smallest: 320 kbit/s over 8, at the same sample rate.
    case many

    /// Beyond 2^48 bytes a length stays what it is: no arithmetic of the library overflows.
    func addition(to length: Int) -> Int {
      self == .little ? 8 : length < 1 << 48 ? 127 * length : 0
    }
  }

  private let descriptor: Descriptor

  /// - Returns: nil for what is no file, or cannot be read.
  init?(path: String, by stretch: Stretch) {
    guard let (descriptor, length) = SoundBytes.opened(path) else { return nil }
    self.descriptor = descriptor
    super.init(
      length: length - Self.tagLength(in: descriptor, length: length), addition: stretch.addition(to: length))
  }

  override func read(into target: UnsafeMutableRawBufferPointer, at position: Int) -> Int {
    SoundBytes.read(descriptor, into: target, at: position)
  }

  /// Bytes of a tag (ID3, version 1) at the end, which the library would look for where it believes the end to be.
  private static func tagLength(in descriptor: Descriptor, length: Int) -> Int {
    let tagLength = 128
    var mark: [UInt8] = [0, 0, 0]
    let count = pread(descriptor.number, &mark, mark.count, off_t(length - tagLength))
    return count == mark.count && mark == Array("TAG".utf8) ? tagLength : 0
  }
}
