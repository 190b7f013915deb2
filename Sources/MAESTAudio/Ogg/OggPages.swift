import MAESTFrontEnd

/// The bytes of one Ogg link, as the formats' libraries read them: the pages from the first one on up to the first one
/// of the next link. Files that were joined, and recordings of radio, have several.
///
/// Bytes between pages are left out. Source: RFC 3533.
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

  /// Bytes between pages that were left out.
  private(set) var strayByteCount = 0
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
    if count == 0 { isCut = true }
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

  /// Goes to the next page of this link.
  private func findPage() -> Bool {
    while true {
      if !source.begins(with: "OggS") {
        guard skipStrayBytes() else { return false }
      }
      if let length = pageLength {
        let isFirst = source[5] & Self.firstPageFlag != 0
        if isFirst, hasBody { return false }
        if !isFirst { hasBody = true }
        if source[5] & Self.lastPageFlag != 0 { hasLastPage = true }
        rest = length
        return true
      }
      // A page's mark without a page.
      if source.look(Self.headerLength) < Self.headerLength { isCut = true }
      strayByteCount += 1
      source.skip(1)
    }
  }

  /// Goes to the next page behind bytes that are none.
  ///
  /// - Returns: false if there is none near; the bytes then are left to what follows the link.
  private func skipStrayBytes() -> Bool {
    let start = source.position
    source.setMark()
    defer { source.releaseMark() }
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

extension OggPages {
  /// The encodings of sound in Ogg that have a decoder here.
  enum Encoding: Equatable {
    case vorbis, flac
    /// - Parameter inputRate: the sample rate of what was encoded, in hertz; 0: not given.
    case opus(inputRate: Int)
  }

  /// The encoding of the first stream of sound of the link that begins at the next byte of a source; nil if none of its
  /// streams has one with a decoder here.
  static func encoding(at source: ByteSource) -> Encoding? {
    var offset = 0
    while source.look(offset + headerLength) == offset + headerLength,
      source.begins(with: "OggS", at: offset),
      source[offset + 5] & firstPageFlag != 0
    {
      let segmentCount = Int(source[offset + headerLength - 1])
      let start = offset + headerLength + segmentCount
      guard source.look(start) == start else { return nil }
      if source.begins(with: "\u{1}vorbis", at: start) { return .vorbis }
      if source.begins(with: "OpusHead", at: start), source.look(start + 16) == start + 16 {
        return .opus(inputRate: (start + 12..<start + 16).reversed().reduce(0) { $0 << 8 | Int(source[$1]) })
      }
      if source.begins(with: "\u{7F}FLAC", at: start) { return .flac }
      offset = (offset + headerLength..<start).reduce(start) { $0 + Int(source[$1]) }
    }
    return nil
  }
}

/// How a link ended, as warnings.
extension PartDamage {
  /// - Parameter at: the end, in seconds of the part.
  mutating func addEnd(of pages: OggPages, at: Double) {
    if pages.strayByteCount > 0 {
      add(.damaged, at: at, seconds: nil, "\(pages.strayByteCount) bytes are no Ogg pages")
    }
    if !pages.hasLastPage || pages.isCut {
      add(.cutShort, at: at, seconds: nil, "the stream ends without its last page")
    }
  }
}
