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
  private var position = 0

  init(length: Int) {
    self.length = length
  }

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
    guard !overflows, place >= 0 else { return -1 }
    position = place
    return sf_count_t(place)
  }

  private func read(into target: UnsafeMutableRawPointer?, count: sf_count_t) -> sf_count_t {
    let wanted = min(Int(count), length - position)
    guard wanted > 0, let target else { return 0 }
    let count = read(into: UnsafeMutableRawBufferPointer(start: target, count: wanted), at: position)
    position += count
    return sf_count_t(count)
  }
}

/// A part of a file, with some bytes of its header replaced.
final class SoundRegion: SoundBytes {
  /// Bytes that take the place of those in the file.
  struct Patch: Equatable {
    /// From the beginning of the region.
    let offset: Int
    let bytes: [UInt8]
  }

  private let file: RandomAccessFile
  private let start: Int
  private let patches: [Patch]

  init(_ file: RandomAccessFile, _ range: Range<Int>, patches: [Patch]) {
    (self.file, start, self.patches) = (file, range.lowerBound, patches)
    super.init(length: range.count)
  }

  override func read(into target: UnsafeMutableRawBufferPointer, at position: Int) -> Int {
    let count = file.read(into: target, at: start + position)
    for patch in patches {
      for (index, byte) in patch.bytes.enumerated() {
        let place = patch.offset + index - position
        if place >= 0, place < count { target[place] = byte }
      }
    }
    return count
  }
}

/// A file whose bytes can be read at any place.
final class RandomAccessFile {
  let length: Int
  private let descriptor: Descriptor

  /// - Returns: nil for anything but a readable file.
  init?(_ path: String) {
    guard FileFacts.isReadableFile(path), let descriptor = try? Descriptor.opened(path) else { return nil }
    length = Int(lseek(descriptor.number, 0, SEEK_END))
    self.descriptor = descriptor
    if length < 0 { return nil }
  }

  /// Reads bytes at a position.
  ///
  /// - Returns: the number of bytes read; 0 at the end or after an error.
  func read(into target: UnsafeMutableRawBufferPointer, at position: Int) -> Int {
    max(0, descriptor.read(into: target, at: position))
  }

  /// The bytes at a position; nil if there are fewer.
  func bytes(at position: Int, count: Int) -> [UInt8]? {
    guard position >= 0, count >= 0, position <= length - count else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    let found = bytes.withUnsafeMutableBytes { read(into: $0, at: position) }
    return found == count ? bytes : nil
  }

  /// A source of the bytes from a position on.
  func source(from position: Int) -> ByteSource { ByteSource(descriptor, length: length, position: position) }
}
