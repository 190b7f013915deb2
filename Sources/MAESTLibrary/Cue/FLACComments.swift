import Foundation
import MAESTFiles

/// Reads Vorbis comments from the metadata blocks of a FLAC file.
struct FLACComments {
  private static let commentBlock: UInt8 = 4

  /// The values of all comments with this name, compared without regard to case. Empty for files that are not FLAC.
  ///
  /// - Parameters:
  ///   - name: name of the comments.
  ///   - path: path of the file.
  static func values(of name: String, inFileAt path: String) -> [String] {
    let descriptor = PathCalls.open(path, O_RDONLY)
    guard descriptor >= 0 else { return [] }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    // An error is ignored: decoding the file will report it.
    guard let block = try? block(in: file) else { return [] }
    let prefix = name.uppercased() + "="
    return comments(in: block).filter { $0.prefix(prefix.count).uppercased() == prefix }
      .map { String($0.dropFirst(prefix.count)) }
  }

  /// The contents of the block of comments; nil if there is none.
  private static func block(in file: FileHandle) throws -> Data? {
    var head = try file.read(upToCount: 10) ?? Data()
    var start = 0
    if head.starts(with: Data("ID3".utf8)), head.count == 10 {
      // The size of the tag before the stream, seven bits a byte.
      start = 10 + head.suffix(4).reduce(0) { $0 << 7 | Int($1 & 0x7F) }
    }
    try file.seek(toOffset: UInt64(start))
    guard try file.read(upToCount: 4) == Data("fLaC".utf8) else { return nil }
    while true {
      head = try file.read(upToCount: 4) ?? Data()
      guard head.count == 4, let type = head.first else { return nil }
      let length = head.dropFirst().reduce(0) { $0 << 8 | Int($1) }
      if type & 0x7F == commentBlock { return try file.read(upToCount: length) }
      guard type & 0x80 == 0 else { return nil }
      try file.seek(toOffset: try file.offset() + UInt64(length))
    }
  }

  /// The comments of a block: little-endian lengths and texts, the first of them the vendor's.
  private static func comments(in block: Data) -> [String] {
    var rest = block
    func number() -> Int? {
      guard rest.count >= 4 else { return nil }
      defer { rest = rest.dropFirst(4) }
      return rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    func text() -> String? {
      guard let length = number(), length <= rest.count else { return nil }
      defer { rest = rest.dropFirst(length) }
      return String(decoding: rest.prefix(length), as: UTF8.self)
    }
    var texts: [String] = []
    guard text() != nil, let count = number() else { return [] }
    while texts.count < count, let comment = text() { texts.append(comment) }
    return texts
  }
}
