/// What follows the samples of a file of chunks.
enum RIFFTail {
  /// Skips chunks, tags and zeros.
  static func skip(_ source: ByteSource) {
    while AudioTags.skip(source) || skipChunk(source) {}
  }

  /// Chunks have a mark of four characters and a size; a whole file has one that looks like a chunk's.
  private static func skipChunk(_ source: ByteSource) -> Bool {
    let headerLength = 8
    guard source.look(headerLength) == headerLength,
      (0..<4).allSatisfy({ (0x20..<0x7F).contains(source[$0]) }), !PartOpening.isMarked(source)
    else { return false }
    // More samples are no tail.
    guard !source.begins(with: "data"), !source.begins(with: "SSND") else { return false }
    let sizes = [(4..<8).reversed(), Array(4..<8)].map { places in
      places.reduce(0) { $0 << 8 | Int(source[$1]) }
    }
    let rest = source.length.map { $0 - source.position - headerLength } ?? .max
    // The order of bytes is not known here; the smaller size that fits is taken. A last chunk may be cut.
    guard let size = sizes.filter({ $0 <= rest }).min() ?? (sizes.min() ?? 0 < 1 << 16 ? rest : nil) else {
      return false
    }
    source.skip(headerLength + size + size % 2)
    return true
  }
}
