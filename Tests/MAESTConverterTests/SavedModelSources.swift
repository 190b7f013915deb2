import Foundation
import MAESTConverter
import MAESTTestSupport
import MAESTWeights
import Testing

extension ConvertibleModel {
  /// The numbers of each parameter, by its name.
  func numbers() throws -> [String: [Float]] {
    var result: [String: [Float]] = [:]
    for parameter in parameters {
      let bytes = try parameter.bytes()
      result[parameter.name] = bytes.withUnsafeBytes { bytes in
        (0..<(bytes.count / 4)).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      }
    }
    return result
  }
}

/// Expects the parameters of two models to be the same to the last bit.
func expectSameParameters(
  _ found: ConvertibleModel, _ expected: ConvertibleModel, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let (found, expected) = (try found.numbers(), try expected.numbers())
  #expect(Set(found.keys) == Set(expected.keys), sourceLocation: sourceLocation)
  for (name, numbers) in expected {
    expectIdentical(found[name] ?? [], numbers, name, sourceLocation: sourceLocation)
  }
}

/// Changes the contents of a file.
func edit(_ path: String, _ change: (inout Data) throws -> Void) throws {
  var data = try Data(contentsOf: URL(filePath: path))
  try change(&data)
  try data.write(to: URL(filePath: path))
}

/// Writes damaged forms of `data` to `file` and reads the model at `source` each time. Expects a model or a
/// typed error; returns how often it was an error.
func refusals(
  of file: String, source: String, data: Data, damages: [(inout Data) -> Void]
) throws -> Int {
  var count = 0
  for damage in damages {
    var damaged = data
    damage(&damaged)
    try damaged.write(to: URL(filePath: file))
    do throws(ConversionError) {
      let model = try SourceReader.model(at: source)
      #expect(!model.parameters.isEmpty)
    } catch {
      #expect(!"\(error)".isEmpty)
      count += 1
    }
  }
  return count
}

/// Truncations at `count` places, among them the very beginning and one byte before the end.
func truncations(of byteCount: Int, count: Int) -> [(inout Data) -> Void] {
  (0..<count).map { index in
    let length = index == count - 1 ? byteCount - 1 : byteCount / count * index
    return { $0 = $0.prefix(length) }
  }
}

/// Seeded changes of single bits.
func bitFlips(of byteCount: Int, count: Int, seed: UInt64) -> [(inout Data) -> Void] {
  var random = SeededRandom(seed: seed)
  return (0..<count).map { _ in
    let (position, bit) = (
      Int.random(in: 0..<byteCount, using: &random), Int.random(in: 0..<8, using: &random)
    )
    return { $0[position] ^= 1 << UInt8(bit) }
  }
}
