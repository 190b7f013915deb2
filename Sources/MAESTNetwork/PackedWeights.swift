import MAESTFiles
package import MAESTKernels
import MAESTTensor
package import MAESTWeights

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The weights of a model's encoder blocks in bfloat16 units, in the order in which tiles read them.
///
/// They can be kept in a file, a safetensors file of one tensor for each block, which several processes map.
package struct PackedWeights: Sendable {
  /// Of the order of weights and units in a block; files of another one are not read.
  package static let layoutVersion = 1

  package let precision: Precision
  /// `[unit, memory]` of each block.
  let blocks: [Matrix]

  /// Packs a model's weights into memory of the process, by all threads.
  package init(_ weights: WeightFile, for kernels: TileKernels, on compute: Compute) {
    precision = kernels.precision
    blocks = (0..<weights.configuration.blockCount).map { block in
      Self.pack(weights, block: block, for: kernels, on: compute).readOnly
    }
  }

  private static func pack(
    _ weights: WeightFile, block: Int, for kernels: TileKernels, on compute: Compute
  ) -> MutableMatrix {
    let layout = TileBlockLayout(weights.configuration)
    let units = kernels.units(layout.unitCount)
    for (module, part) in layout.parts(ofBlock: block) {
      let matrix = weights.matrix(ParameterName.weight(module))
      let stepCount = part.rows.unitCount
      compute.parallel(count: part.columns.unitCount) { panel, _ in
        let first = part.units.lowerBound + panel * stepCount
        kernels.pack(
          matrix, rows: part.rows, columns: part.columns, panels: panel..<panel + 1,
          into: units[rows: first..<first + stepCount])
      }
    }
    return units
  }

  // MARK: - Files

  /// The model that a file of packed weights belongs to, and how they are packed.
  private static func metadata(digest: String, _ precision: Precision) -> [String: String] {
    [
      "maest.packed.layout": "\(layoutVersion)", "maest.packed.precision": precision.rawValue,
      "maest.packed.weights": digest,
    ]
  }

  /// Writes a file of packed weights; only one block's are in memory at a time.
  ///
  /// - Parameter digest: SHA-256 of the weight file.
  package static func write(
    _ weights: WeightFile, digest: String, for kernels: TileKernels, on compute: Compute, to path: String
  ) throws {
    let layout = TileBlockLayout(weights.configuration)
    let bytesPerUnit = kernels.unitMemory * MemoryLayout<Float>.stride
    let sources = (0..<weights.configuration.blockCount).map { block in
      TensorSource(
        name: name(ofBlock: block), shape: [layout.unitCount, bytesPerUnit], elementType: .unsignedInteger8
      ) { sink in
        let units = pack(weights, block: block, for: kernels, on: compute)
        try sink(units.readOnly.withUnsafePointer { Data(bytes: $0, count: layout.unitCount * bytesPerUnit) })
      }
    }
    try SafeTensorsWriter.write(sources, metadata: metadata(digest: digest, kernels.precision), to: path)
  }

  /// Maps a file of packed weights.
  ///
  /// - Returns: nil for a file of other weights, another precision or another layout.
  /// - Throws: `WeightError` for a file that is damaged or cannot be read.
  package init?(
    path: String, of configuration: ModelConfiguration, digest: String, precision: Precision
  ) throws(WeightError) {
    let file = try SafeTensorsFile(path: path)
    var expected = Self.metadata(digest: digest, precision)
    expected[HeaderChecksum.key] = HeaderChecksum.compute(metadata: file.metadata, entries: file.entries)
    let columns = TileKernels.unitMemory(precision)
    let shape = [TileBlockLayout(configuration).unitCount, columns * MemoryLayout<Float>.stride]
    var blocks: [Matrix] = []
    for block in 0..<configuration.blockCount {
      guard let entry = file.entries[Self.name(ofBlock: block)], entry.shape == shape,
        entry.elementType == .unsignedInteger8
      else { return nil }
      let offset = file.dataOffset + entry.dataRange.lowerBound
      guard offset.isMultiple(of: SafeTensorsLayout.alignment) else { return nil }
      blocks.append(file.file.matrix(atByteOffset: offset, rows: shape[0], columns: columns))
    }
    guard file.metadata == expected else { return nil }
    self.precision = precision
    self.blocks = blocks
  }

  private static func name(ofBlock block: Int) -> String { "blocks.\(block)" }
}
