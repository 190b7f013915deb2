import MAESTFrontEnd

/// The bytes of one Ogg link, as the formats' libraries read them: the pages from the first one on up to the first one
/// of the next link. Files that were joined, and recordings of radio, have several.
///
/// Pages whose checksum is wrong, doubled pages and bytes between pages are left out: the libraries would take what
/// stands in them for the beginning of something. Source: RFC 3533.
final class OggPages {
  /// The fixed part of a page's header.
  private static let headerLength = 27
  private static let firstPageFlag: UInt8 = 2
  private static let lastPageFlag: UInt8 = 4
  /// How far the next page is searched.
  private static let searchLimit = 1 << 20

  private let source: ByteSource

  /// Bytes of the current page that are still to be read.
  private var rest = 0
  /// Whether a page that is not the first of its stream was seen: after it, a first page begins the next link.
  private var hasBody = false
  /// The number and the checksum of the last page of each stream.
  private var lastPages: [UInt32: (number: UInt32, checksum: UInt32)] = [:]

  /// Bytes that were left out.
  private(set) var strayByteCount = 0
  /// Whether a page is missing or damaged.
  private(set) var hasHole = false
  /// Whether the last page of a stream was seen.
  private(set) var hasLastPage = false
  /// Whether the bytes end within a page.
  private(set) var isCut = false

  init(_ source: ByteSource) {
    self.source = source
  }

  /// Copies the next bytes of the link.
  ///
  /// - Returns: the number of bytes; 0 at the end.
  func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    guard rest > 0 || findPage() else { return 0 }
    let count = source.look(min(rest, target.count))
    source.withBytes(0..<count) { target.copyMemory(from: $0) }
    source.skip(count)
    rest = count == 0 ? 0 : rest - count
    return count
  }

  /// Skips what is left of the link.
  ///
  /// - Returns: the offset of the first byte after it.
  @discardableResult
  func skipRest() -> Int {
    repeat {
      source.skip(rest)
      rest = 0
    } while findPage()
    return source.position
  }

  /// Goes to the next good page of this link.
  private func findPage() -> Bool {
    while true {
      guard source.begins(with: "OggS") || skipStrayBytes() else { return false }
      guard let length = pageLength, source.look(length) == length else {
        // The end of the file, or a header that is damaged.
        guard skipBadPage() else {
          isCut = true
          return false
        }
        continue
      }
      guard OggChecksum.isRight(source, length) else {
        hasHole = true
        guard skipBadPage() else {
          source.skip(length)
          return false
        }
        continue
      }
      if source[5] & Self.firstPageFlag != 0, hasBody { return false }
      if take(length) { return true }
      source.skip(length)
    }
  }

  /// Notes a page's number.
  ///
  /// - Returns: false for one that is there twice.
  private func take(_ length: Int) -> Bool {
    let (serial, number) = (source.littleEndian(at: 14), source.littleEndian(at: 18))
    let checksum = source.littleEndian(at: 22)
    if let last = lastPages[serial] {
      if last == (number, checksum) { return false }
      if number > last.number, number - last.number > 1 { hasHole = true }
    }
    lastPages[serial] = (number, checksum)
    if source[5] & Self.firstPageFlag == 0 { hasBody = true }
    if source[5] & Self.lastPageFlag != 0 { hasLastPage = true }
    rest = length
    return true
  }

  /// Goes from a bad page to the mark of the next one, which may stand within it.
  ///
  /// - Returns: false if none follows; the source is then behind the bad page, if the file ends within it.
  private func skipBadPage() -> Bool {
    if skipStrayBytes(atLeast: 1) { return true }
    let length = pageLength ?? Self.headerLength
    if source.look(length) < length { source.skip(length) }
    return false
  }

  /// Goes to the next page's mark behind bytes that are none.
  ///
  /// - Parameter count: the least number of bytes to go.
  /// - Returns: false if there is none near; the bytes then are left to what follows the link.
  private func skipStrayBytes(atLeast count: Int = 0) -> Bool {
    let start = source.position
    source.setMark()
    defer { source.releaseMark() }
    source.skip(count)
    while !source.isAtEnd, source.position - start < Self.searchLimit {
      if source[0] == UInt8(ascii: "O"), source.begins(with: "OggS") {
        strayByteCount += source.position - start
        return true
      }
      source.skip(1)
    }
    source.returnToMark()
    return false
  }

  /// The length of the page that begins at the next byte; nil if there is none.
  private var pageLength: Int? {
    guard source.look(Self.headerLength) == Self.headerLength, source[4] == 0 else { return nil }
    let segmentCount = Int(source[Self.headerLength - 1])
    let headerLength = Self.headerLength + segmentCount
    guard source.look(headerLength) == headerLength else { return nil }
    return (Self.headerLength..<headerLength).reduce(headerLength) { $0 + Int(source[$1]) }
  }
}
