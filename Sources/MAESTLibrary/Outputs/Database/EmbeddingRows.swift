import Foundation

/// A row of the table of embeddings: the vector of a patch or of the whole track, or a file with the values.
struct EmbeddingRow {
  /// Patch index, from 0; -1 for the whole track.
  var patch: Int
  var shape: [Int]
  /// Values as little-endian float32; nil if they are in ``file``.
  var vector: Data?
  var file: String?

  static let wholeTrack = -1

  /// The rows of an embedding: one per patch, or one for the whole track.
  static func rows(of embedding: RecordedEmbedding, name: String) -> [EmbeddingRow] {
    if let file = embedding.file {
      return [EmbeddingRow(patch: wholeTrack, shape: embedding.shape, file: file)]
    }
    guard let patchCount = patchCount(of: embedding, name: name) else {
      return [
        EmbeddingRow(
          patch: wholeTrack, shape: embedding.shape, vector: FloatBytes.data(embedding.values[...]))
      ]
    }
    let size = embedding.values.count / patchCount
    return (0..<patchCount).map { patch in
      EmbeddingRow(
        patch: patch, shape: Array(embedding.shape.dropFirst()),
        vector: FloatBytes.data(embedding.values[patch * size..<(patch + 1) * size]))
    }
  }

  /// Combines the rows of one embedding; nil if they are inconsistent.
  ///
  /// - Parameter rows: sorted by patch.
  static func embedding(of rows: [EmbeddingRow]) -> RecordedEmbedding? {
    guard let first = rows.first else { return nil }
    if let file = first.file {
      return rows.count == 1 ? RecordedEmbedding(shape: first.shape, values: [], file: file) : nil
    }
    let isWhole = first.patch == wholeTrack && rows.count == 1
    guard isWhole || rows.map(\.patch) == Array(rows.indices), rows.allSatisfy({ $0.shape == first.shape })
    else {
      return nil
    }
    var values: [Float] = []
    for row in rows {
      guard let vector = row.vector, let floats = FloatBytes.floats(vector) else { return nil }
      values += floats
    }
    let embedding = RecordedEmbedding(shape: (isWhole ? [] : [rows.count]) + first.shape, values: values)
    return embedding.isFilled ? embedding : nil
  }

  /// Number of patches; nil if the first axis is not the patch axis (according to the name) or is empty.
  private static func patchCount(of embedding: RecordedEmbedding, name: String) -> Int? {
    guard embedding.shape.count > 1, let count = embedding.shape.first, count > 0,
      !name.split(separator: ".").contains(where: { $0.hasPrefix("patch-") })
    else { return nil }
    return count
  }
}

/// Little-endian float32 values, as NumPy's `<f4` and sqlite-vec use them.
enum FloatBytes {
  static func data(_ values: ArraySlice<Float>) -> Data {
    values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
  }

  /// Nil if the size is not a multiple of 4 bytes.
  static func floats(_ data: Data) -> [Float]? {
    guard data.count.isMultiple(of: 4) else { return nil }
    return data.withUnsafeBytes { bytes in
      (0..<data.count / 4).map {
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
      }
    }
  }
}
