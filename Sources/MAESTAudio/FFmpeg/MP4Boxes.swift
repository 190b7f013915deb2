/// The boxes of an m4a or mp4 file, as far as they show what ffmpeg does not read: another file that was joined to it.
///
/// Source: ISO/IEC 14496-12, 4.2.
enum MP4Boxes {
  private static let countLimit = 1 << 16

  /// Where the file's boxes end, if other bytes follow that are neither tags nor padding.
  ///
  /// - Returns: nil if nothing follows, or the file has no such boxes.
  static func end(of path: String) -> Int? {
    guard let file = RandomAccessFile(path), mark(file, 0) == "ftyp" else { return nil }
    var position = 0
    for index in 0..<countLimit {
      guard let size = size(file, position), let mark = mark(file, position), isMark(mark),
        index == 0 || mark != "ftyp"
      else { break }
      guard size > 0, size <= file.length - position else { return nil }
      position += size
    }
    let source = file.source(from: position)
    AudioTags.skip(source)
    return source.look(16) < 16 ? nil : source.position
  }

  private static func mark(_ file: RandomAccessFile, _ position: Int) -> String? {
    file.bytes(at: position + 4, count: 4).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func isMark(_ mark: String) -> Bool { mark.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }

  /// The size of a box: 32 bits, or 64 bits after the mark if they are 1; 0 is up to the end of the file.
  private static func size(_ file: RandomAccessFile, _ position: Int) -> Int? {
    guard let bytes = file.bytes(at: position, count: 4) else { return nil }
    let size = bytes.reduce(0) { $0 << 8 | Int($1) }
    guard size < 8 else { return size }
    guard size == 1, let wide = file.bytes(at: position + 8, count: 8) else {
      return size == 0 ? file.length - position : nil
    }
    let value = wide.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return value >= 16 && value < 1 << 48 ? Int(value) : nil
  }
}
