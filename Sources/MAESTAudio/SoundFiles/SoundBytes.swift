import CSndfile

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A source of bytes that libsndfile reads instead of a file (virtual I/O).
class SoundBytes {
  /// The number of bytes in the source.
  let length: Int

  /// The number of bytes by which the length reported to libsndfile exceeds `length`.
  let addition: Int
  private var position = 0

  init(length: Int, addition: Int = 0) {
    self.length = length
    self.addition = addition
  }

  /// Whether every byte was read.
  var isAtEnd: Bool { position >= length }

  func rewind() { position = 0 }

  /// Reads bytes at a position; overridden by subclasses.
  ///
  /// - Parameters:
  ///   - target: not empty; it does not reach beyond the end.
  /// - Returns: the number of bytes read; 0 if none can be read.
  func read(into target: UnsafeMutableRawBufferPointer, at position: Int) -> Int { 0 }

  /// The callbacks for libsndfile; their user data is the object.
  static var callbacks: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { sf_count_t(SoundBytes.object($0)?.length ?? 0) },
      seek: { offset, origin, object in
        SoundBytes.object(object)?.seek(offset, from: origin) ?? -1
      },
      read: { target, count, object in
        SoundBytes.object(object)?.read(into: target, count: count) ?? 0
      },
      write: nil,
      tell: { sf_count_t(SoundBytes.object($0)?.position ?? 0) })
  }

  private static func object(_ pointer: UnsafeMutableRawPointer?) -> SoundBytes? {
    pointer.map { Unmanaged<SoundBytes>.fromOpaque($0).takeUnretainedValue() }
  }

  /// The offset is unchecked: it may come from a file's header.
  private func seek(_ offset: sf_count_t, from origin: Int32) -> sf_count_t {
    let start = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? position : length
    let (place, overflows) = start.addingReportingOverflow(Int(offset))
    let (told, tellingOverflows) = place.addingReportingOverflow(origin == SEEK_END ? addition : 0)
    guard !overflows, !tellingOverflows, place >= 0 else { return -1 }
    position = place
    return sf_count_t(told)
  }

  private func read(into target: UnsafeMutableRawPointer?, count: sf_count_t) -> sf_count_t {
    let wanted = min(Int(count), length - position)
    guard wanted > 0, let target else { return 0 }
    let count = read(into: UnsafeMutableRawBufferPointer(start: target, count: wanted), at: position)
    position += count
    return sf_count_t(count)
  }
}

extension SoundBytes {
  /// Opens a file that can be read repeatedly, and returns its length in bytes; nil for anything else.
  static func opened(_ path: String) -> (Descriptor, Int)? {
    guard FileFacts.isReadableFile(path), let descriptor = try? Descriptor.opened(path) else { return nil }
    let length = Int(lseek(descriptor.number, 0, SEEK_END))
    return length >= 0 ? (descriptor, length) : nil
  }

  /// Reads from a position in a file.
  ///
  /// - Returns: the number of bytes read; 0 at the end or after an error.
  static func read(
    _ descriptor: Descriptor, into target: UnsafeMutableRawBufferPointer, at position: Int
  ) -> Int {
    max(0, pread(descriptor.number, target.baseAddress, target.count, off_t(position)))
  }
}
