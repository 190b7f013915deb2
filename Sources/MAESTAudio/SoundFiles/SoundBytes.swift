import CSndfile

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Bytes that libsndfile is given instead of a file.
class SoundBytes {
  /// The number of bytes there are.
  let length: Int

  /// Bytes by which the library is told that there are more.
  let addition: Int
  private var position = 0

  init(length: Int, addition: Int = 0) {
    self.length = length
    self.addition = addition
  }

  /// Whether every byte was read.
  var isAtEnd: Bool { position >= length }

  func rewind() { position = 0 }

  /// Gives the bytes from a place on; subclasses know where they are.
  ///
  /// - Parameters:
  ///   - target: not empty; it does not reach beyond the end.
  /// - Returns: the number of bytes given; 0 where none can be read.
  func read(into target: UnsafeMutableRawBufferPointer, at position: Int) -> Int { 0 }

  /// The functions that the library calls, with the object.
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

  /// Any offset may come of a file's header.
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
  /// A file that can be read again and again, and its length in bytes; nil for anything else.
  static func opened(_ path: String) -> (Descriptor, Int)? {
    guard FileFacts.isReadableFile(path), let descriptor = try? Descriptor.opened(path) else { return nil }
    let length = Int(lseek(descriptor.number, 0, SEEK_END))
    return length >= 0 ? (descriptor, length) : nil
  }

  /// Reads from a place in a file.
  ///
  /// - Returns: the number of bytes read; 0 at the end, or where nothing can be read.
  static func read(
    _ descriptor: Descriptor, into target: UnsafeMutableRawBufferPointer, at position: Int
  ) -> Int {
    max(0, pread(descriptor.number, target.baseAddress, target.count, off_t(position)))
  }
}
