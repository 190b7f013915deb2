import Foundation
import MAESTTestSupport
import MAESTWeights

/// A tensor to be written, in one of the floating-point types of safetensors.
struct NamedArray {
  var shape: [Int]
  var elements: [Float]
  var type = SafeTensorsElementType.float32

  /// Little-endian bytes. Half-precision types take only numbers that they hold exactly.
  var bytes: Data {
    elements.reduce(into: Data()) { data, element in
      func append<T: FixedWidthInteger>(_ bits: T) {
        withUnsafeBytes(of: bits.littleEndian) { data.append(contentsOf: $0) }
      }
      switch type {
      case .float16: append(Self.half(element))
      case .brainFloat16: append(UInt16(element.bitPattern >> 16))
      case .float64: append(Double(element).bitPattern)
      case .integer32: append(Int32(element))
      default: append(element.bitPattern)
      }
    }
  }

  /// IEEE 754 half precision of a number that has one without rounding and is not subnormal there.
  private static func half(_ value: Float) -> UInt16 {
    guard value != 0 else { return 0 }
    let sign: UInt16 = value < 0 ? 0x8000 : 0
    return sign | UInt16(Int(value.exponent) + 15) << 10 | UInt16(value.significandBitPattern >> 13)
  }
}

/// Writes a safetensors file.
func writeSafeTensors(_ tensors: [String: NamedArray], to path: String) throws {
  var (header, data) = ([String: Any](), Data())
  for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
    let bytes = tensor.bytes
    header[name] = [
      "dtype": tensor.type.rawValue, "shape": tensor.shape,
      "data_offsets": [data.count, data.count + bytes.count],
    ]
    data += bytes
  }
  let json = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
  try (withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json + data)
    .write(to: URL(filePath: path))
}

/// A model under the names of the authors' PyTorch module, and the parameters that it should become.
struct PyTorchModel {
  var tensors: [String: NamedArray] = [:]
  var expected: [String: [Float]] = [:]
  private var random: SeededRandom

  /// Multiples of 1/64 up to 2, which every floating-point type holds exactly.
  init(_ configuration: ModelConfiguration, type: SafeTensorsElementType, seed: UInt64) {
    random = SeededRandom(seed: seed)
    let (width, geometry) = (configuration.embeddingWidth, configuration.convolution)
    let kernel = [width, 1, geometry.kernelBands, geometry.kernelFrames]
    expected["patchEmbedding.weight"] = transposed(add("patch_embed.proj.weight", kernel), rows: width)
    expected["patchEmbedding.bias"] = add("patch_embed.proj.bias", [width])
    expected["tokens.class"] = add("cls_token", [1, 1, width])
    expected["tokens.distillation"] = add("dist_token", [1, 1, width])
    addPositions(configuration)
    for block in 0..<configuration.blockCount { addBlock(block, configuration) }
    addNorm("norm", "finalNorm", width)
    addNorm("head.0", "head.norm", width)
    addDense("head.1", "head.dense", width, configuration.labelCount)
    for name in tensors.keys { tensors[name]?.type = type }
  }

  private mutating func addPositions(_ configuration: ModelConfiguration) {
    let (width, bands, frames) = (
      configuration.embeddingWidth, configuration.gridBandCount, configuration.gridFrameCount
    )
    var position = add("new_pos_embed", [1, 2, width])
    let time = add("time_new_pos_embed", [1, width, 1, frames])
    let frequency = add("freq_new_pos_embed", [1, width, bands, 1])
    for token in 0..<(bands * frames) {
      for channel in 0..<width {
        position.append(time[channel * frames + token % frames] + frequency[channel * bands + token / frames])
      }
    }
    expected["positionEmbedding"] = position
  }

  private mutating func addBlock(_ block: Int, _ configuration: ModelConfiguration) {
    let (width, inner) = (configuration.embeddingWidth, configuration.attentionWidth)
    let (own, parameter) = ("blocks.\(block).", "blocks.\(block).")
    addNorm(own + "norm1", parameter + "attentionNorm", width)
    let weight = add(own + "attn.qkv.weight", [3 * inner, width])
    let bias = add(own + "attn.qkv.bias", [3 * inner])
    for (third, name) in ["query", "key", "value"].enumerated() {
      let rows = Array(weight[(third * inner * width)..<((third + 1) * inner * width)])
      expected["\(parameter)attention.\(name).weight"] = transposed(rows, rows: inner)
      expected["\(parameter)attention.\(name).bias"] = Array(bias[(third * inner)..<((third + 1) * inner)])
    }
    addDense(own + "attn.proj", parameter + "attention.output", inner, width)
    addNorm(own + "norm2", parameter + "feedForwardNorm", width)
    addDense(own + "mlp.fc1", parameter + "feedForward.expansion", width, configuration.feedForwardWidth)
    addDense(own + "mlp.fc2", parameter + "feedForward.contraction", configuration.feedForwardWidth, width)
  }

  private mutating func addNorm(_ name: String, _ parameter: String, _ width: Int) {
    expected[parameter + ".scale"] = add(name + ".weight", [width])
    expected[parameter + ".bias"] = add(name + ".bias", [width])
  }

  private mutating func addDense(_ name: String, _ parameter: String, _ input: Int, _ output: Int) {
    expected[parameter + ".weight"] = transposed(add(name + ".weight", [output, input]), rows: output)
    expected[parameter + ".bias"] = add(name + ".bias", [output])
  }

  private mutating func add(_ name: String, _ shape: [Int]) -> [Float] {
    let elements = (0..<shape.reduce(1, *)).map { _ in Float(Int.random(in: -127...127, using: &random)) / 64
    }
    tensors[name] = NamedArray(shape: shape, elements: elements)
    return elements
  }

  private func transposed(_ values: [Float], rows: Int) -> [Float] {
    let columns = values.count / rows
    return values.indices.map { values[$0 % rows * columns + $0 / rows] }
  }
}
