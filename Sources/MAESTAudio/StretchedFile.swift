import CSndfile

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
final class StretchedFile {
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
  private let length: Int
  private let addition: Int
  private var position = 0

  /// - Returns: nil for what is no file, or cannot be read.
  init?(path: String, by stretch: Stretch) {
    guard FileFacts.isReadableFile(path), let descriptor = try? Descriptor.opened(path) else { return nil }
    let length = Int(lseek(descriptor.number, 0, SEEK_END))
    guard length >= 0 else { return nil }
    self.descriptor = descriptor
    self.length = length - Self.tagLength(in: descriptor, length: length)
    addition = stretch.addition(to: length)
  }

  /// Whether every byte was read.
  var isAtEnd: Bool { position >= length }

  /// Bytes of a tag (ID3, version 1) at the end, which the library would look for where it believes the end to be.
  private static func tagLength(in descriptor: Descriptor, length: Int) -> Int {
    let tagLength = 128
    var mark: [UInt8] = [0, 0, 0]
    let count = pread(descriptor.number, &mark, mark.count, off_t(length - tagLength))
    return count == mark.count && mark == Array("TAG".utf8) ? tagLength : 0
  }

  /// The functions that the library calls, with the object.
  static var callbacks: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { sf_count_t(StretchedFile.object($0)?.length ?? 0) },
      seek: { offset, origin, object in
        StretchedFile.object(object)?.seek(offset, from: origin) ?? -1
      },
      read: { target, count, object in
        StretchedFile.object(object)?.read(into: target, count: count) ?? 0
      },
      write: nil,
      tell: { sf_count_t(StretchedFile.object($0)?.position ?? 0) })
  }

  private static func object(_ pointer: UnsafeMutableRawPointer?) -> StretchedFile? {
    pointer.map { Unmanaged<StretchedFile>.fromOpaque($0).takeUnretainedValue() }
  }

  private func seek(_ offset: sf_count_t, from origin: Int32) -> sf_count_t {
    let start = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? position : length
    let (place, overflows) = start.addingReportingOverflow(Int(offset))
    guard !overflows, place >= 0 else { return -1 }
    position = place
    return sf_count_t(origin == SEEK_END ? place + addition : place)
  }

  private func read(into target: UnsafeMutableRawPointer?, count: sf_count_t) -> sf_count_t {
    let wanted = min(Int(count), length - position)
    guard wanted > 0 else { return 0 }
    let count = pread(descriptor.number, target, wanted, off_t(position))
    position += max(0, count)
    return sf_count_t(max(0, count))
  }
}
