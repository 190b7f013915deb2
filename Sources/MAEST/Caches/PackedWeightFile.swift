import MAESTFiles
package import MAESTKernels
package import MAESTNetwork
import MAESTTensor
package import MAESTWeights

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file of packed weights: a safetensors file with one tensor for each encoder block, which several processes map.
package enum PackedWeightFile {
  /// Packs a model's weights block by block into a file. Only one block's packed weights are in memory at a time.
  ///
  /// - Parameter digest: SHA-256 of the weight file.
  package static func write(
    _ weights: WeightFile, digest: String, for kernels: TileKernels, on compute: Compute, to path: String
  ) throws {
    let shape = shape(weights.configuration, kernels.format)
    let sources = (0..<weights.configuration.blockCount).map { block in
      TensorSource(
        name: name(ofBlock: block), shape: [shape.rows, shape.rowByteCount], elementType: .unsignedInteger8
      ) { sink in
        let packed = PackedWeights.packBlock(block, of: weights, for: kernels, on: compute)
        try sink(packed.withUnsafePointer { Data(bytes: $0, count: shape.rows * shape.rowByteCount) })
      }
    }
    try SafeTensorsWriter.write(sources, metadata: metadata(digest: digest, kernels.precision), to: path)
  }

  /// Maps a file of packed weights.
  ///
  /// - Returns: nil if the file has other weights, another precision or another layout.
  /// - Throws: `WeightError` if the file is damaged or cannot be read.
  package static func read(
    path: String, of configuration: ModelConfiguration, digest: String, precision: Precision
  ) throws(WeightError) -> PackedWeights? {
    let file = try SafeTensorsFile(path: path)
    var expected = metadata(digest: digest, precision)
    expected[HeaderChecksum.key] = HeaderChecksum.compute(metadata: file.metadata, entries: file.entries)
    guard file.metadata == expected else { return nil }
    guard let format = precision.tileFormat else { return nil }
    let shape = shape(configuration, format)
    var blocks: [Matrix] = []
    for block in 0..<configuration.blockCount {
      guard let entry = file.entries[name(ofBlock: block)], entry.shape == [shape.rows, shape.rowByteCount],
        entry.elementType == .unsignedInteger8
      else { return nil }
      let offset = file.dataOffset + entry.dataRange.lowerBound
      guard offset.isMultiple(of: SafeTensorsLayout.alignment) else { return nil }
      blocks.append(file.file.matrix(atByteOffset: offset, rows: shape.rows, columns: shape.columns))
    }
    return PackedWeights(blocks: blocks, of: configuration, precision: precision)
  }

  /// Identifies the model that the packed weights belong to, and how they are packed.
  private static func metadata(digest: String, _ precision: Precision) -> [String: String] {
    [
      "maest.packed.layout": "\(PackedWeights.layoutVersion)", "maest.packed.precision": precision.rawValue,
      "maest.packed.weights": digest,
    ]
  }

  private static func name(ofBlock block: Int) -> String { "blocks.\(block)" }

  /// Rows and columns of one block's matrix, and the bytes of a row.
  private static func shape(
    _ configuration: ModelConfiguration, _ format: TileFormat
  ) -> (rows: Int, columns: Int, rowByteCount: Int) {
    let (rows, columns) = PackedWeights.blockShape(configuration, format)
    return (rows, columns, columns * MemoryLayout<Float>.stride)
  }
}
