package import MAESTKernels
package import MAESTTensor
package import MAESTWeights

/// The weights of a model's encoder blocks in packed units, in the order in which the kernels read them.
///
/// They are packed from a weight file by ``pack(_:for:on:)``, or taken from memory that was packed before, such as a
/// mapped file.
package struct PackedWeights: Sendable {
  /// Version of the order of weights and tiles in a block. Packed weights of another version cannot be used.
  package static let layoutVersion = 1

  package let precision: Precision
  let format: TileFormat
  /// `[tile, memory]` of each block.
  let blocks: [Matrix]

  /// Takes packed weights where they are; nothing is copied.
  ///
  /// - Parameter blocks: one matrix for each encoder block, of ``blockShape(_:_:)``.
  package init(blocks: [Matrix], of configuration: ModelConfiguration, precision: Precision) {
    guard let format = precision.tileFormat else {
      preconditionFailure("packed weights of precision \(precision.rawValue)")
    }
    let shape = Self.blockShape(configuration, format)
    precondition(
      blocks.count == configuration.blockCount
        && blocks.allSatisfy { $0.rows == shape.rows && $0.columns == shape.columns },
      "\(blocks.count) blocks of packed weights, expected \(configuration.blockCount) of [\(shape.rows), \(shape.columns)]"
    )
    self.precision = precision
    self.format = format
    self.blocks = blocks
  }

  /// Packs a model's weights into memory of this process, on all threads.
  package static func pack(
    _ weights: WeightFile, for kernels: TileKernels, on compute: Compute
  ) -> PackedWeights {
    PackedWeights(
      blocks: (0..<weights.configuration.blockCount).map {
        packBlock($0, of: weights, for: kernels, on: compute)
      },
      of: weights.configuration, precision: kernels.precision)
  }

  /// Packs one encoder block's weights, on all threads: `[tile, memory]`.
  package static func packBlock(
    _ block: Int, of weights: WeightFile, for kernels: TileKernels, on compute: Compute
  ) -> Matrix {
    let layout = TileBlockLayout(weights.configuration, kernels.format)
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
    return units.readOnly
  }

  /// The shape of one block's packed weights: tiles, and the memory of a tile counted in single-precision numbers.
  package static func blockShape(
    _ configuration: ModelConfiguration, _ format: TileFormat
  ) -> (rows: Int, columns: Int) {
    (rows: TileBlockLayout(configuration, format).unitCount, columns: format.unitMemory)
  }
}
