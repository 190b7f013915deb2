import Foundation
import MAESTConverter
import MAESTTestSupport
import Testing

/// ONNX's `Attention` against the formula, written out with loops.
@Suite struct ONNXAttentionTests {
  private static let (headCount, queryCount, keyCount, width) = (2, 3, 4, 2)

  /// Numbers from -1 to 1 for `[head, token, width]`, in the order of `shape`.
  private static func numbers(_ tokenCount: Int, seed: UInt64) -> [Float] {
    var random = SeededRandom(seed: seed)
    return (0..<headCount * tokenCount * width).map { _ in Float.random(in: -1...1, using: &random) }
  }

  private static let queries = numbers(queryCount, seed: 1)
  private static let keys = numbers(keyCount, seed: 2)
  private static let values = numbers(keyCount, seed: 3)

  /// The result `[head, token, width]`, and the attention weights.
  private static func expected(
    scale: Float, mask: (Int, Int) -> Float = { _, _ in 0 }
  ) -> (result: [Float], weights: [Float]) {
    var (result, weights): ([Float], [Float]) = ([], [])
    for head in 0..<headCount {
      for query in 0..<queryCount {
        let scores = (0..<keyCount).map { key in
          (0..<width).reduce(Float(0)) {
            $0 + queries[(head * queryCount + query) * width + $1]
              * keys[(head * keyCount + key) * width + $1]
          } * scale + mask(query, key)
        }
        let exponentials = scores.map { Float(exp(Double($0))) }
        let row = exponentials.map { $0 / exponentials.reduce(0, +) }
        weights += row
        for column in 0..<width {
          result.append(
            (0..<keyCount).reduce(0) { $0 + row[$1] * values[(head * keyCount + $1) * width + column] })
        }
      }
    }
    return (result, weights)
  }

  private static func tensors(_ shape: (Int) -> [Int64]) -> [String: ONNXTensorProto] {
    [
      "q": .floats(queries, shape: shape(queryCount)), "k": .floats(keys, shape: shape(keyCount)),
      "v": .floats(values, shape: shape(keyCount)),
    ]
  }

  /// With an axis for the heads.
  private static let whole = tensors { [1, Int64(headCount), Int64($0), Int64(width)] }

  private func run(
    _ tensors: [String: ONNXTensorProto], inputs: [String] = ["q", "k", "v"], outputs: [String] = ["y"],
    _ attributes: [ONNXAttributeProto] = []
  ) throws -> [String: (shape: [Int], numbers: [Double])] {
    try ONNXModelProto(
      [ONNXNodeProto("Attention", inputs, outputs, attributes)], tensors: tensors,
      outputs: outputs.filter { !$0.isEmpty }, version: 23
    ).constantOutputs()
  }

  private func expectClose(
    _ found: [Double]?, _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found?.count == expected.count, sourceLocation: sourceLocation)
    let differences = zip(found ?? [], expected).map { abs($0 - Double($1)) }
    #expect(differences.max() ?? 1 < 1e-6, sourceLocation: sourceLocation)
  }

  @Test func heads() throws {
    let found = try run(Self.whole)["y"]
    #expect(found?.shape == [1, 2, 3, 2])
    expectClose(found?.numbers, Self.expected(scale: 1 / Float(2).squareRoot()).result)
    let scaled = try run(Self.whole, [.float("scale", 0.3)])["y"]
    expectClose(scaled?.numbers, Self.expected(scale: 0.3).result)
  }

  /// Heads side by side: `[batch, token, head · width]`.
  @Test func headsSideBySide() throws {
    func sideBySide(_ numbers: [Float], _ tokenCount: Int) -> [Float] {
      (0..<tokenCount).flatMap { token in
        (0..<Self.headCount).flatMap { head in
          (0..<Self.width).map { numbers[(head * tokenCount + token) * Self.width + $0] }
        }
      }
    }
    let tensors: [String: ONNXTensorProto] = [
      "q": .floats(sideBySide(Self.queries, 3), shape: [1, 3, 4]),
      "k": .floats(sideBySide(Self.keys, 4), shape: [1, 4, 4]),
      "v": .floats(sideBySide(Self.values, 4), shape: [1, 4, 4]),
    ]
    let found = try run(tensors, [.integer("q_num_heads", 2), .integer("kv_num_heads", 2)])["y"]
    #expect(found?.shape == [1, 3, 4])
    expectClose(found?.numbers, sideBySide(Self.expected(scale: 1 / Float(2).squareRoot()).result, 3))
  }

  @Test func masks() throws {
    var tensors = Self.whole
    tensors["added"] = .floats((0..<12).map { Float($0) / 4 }, shape: [3, 4])
    let added = try run(tensors, inputs: ["q", "k", "v", "added"], [.float("scale", 0.5)])["y"]
    expectClose(added?.numbers, Self.expected(scale: 0.5) { Float($0 * 4 + $1) / 4 }.result)
    var taken = ONNXTensorProto.booleans((0..<12).map { $0 % 5 != 0 })
    taken.dims = [3, 4]
    tensors["taken"] = taken
    let chosen = try run(tensors, inputs: ["q", "k", "v", "taken"], [.float("scale", 0.5)])["y"]
    expectClose(
      chosen?.numbers, Self.expected(scale: 0.5) { ($0 * 4 + $1) % 5 == 0 ? -.infinity : 0 }.result)
  }

  @Test func stagesOfTheScores() throws {
    let outputs = ["y", "", "", "stage"]
    let weights = try run(Self.whole, outputs: outputs, [.integer("qk_matmul_output_mode", 3)])["stage"]
    #expect(weights?.shape == [1, 2, 3, 4])
    expectClose(weights?.numbers, Self.expected(scale: 1 / Float(2).squareRoot()).weights)
    let scores = try run(Self.whole, outputs: outputs)["stage"]
    #expect(scores?.numbers.contains { $0 < 0 } == true)
  }

  /// What it does not do stays without a value, under a name that tells why.
  @Test(arguments: [
    [ONNXAttributeProto.integer("is_causal", 1)], [.float("softcap", 30)],
    [.integer("softmax_precision", 10)],
    [.integer("qk_matmul_output_mode", 4)],
  ])
  func whatIsNotSupportedHasNoValue(attributes: [ONNXAttributeProto]) throws {
    #expect(try run(Self.whole, attributes).isEmpty)
  }

  /// A mask that does not tell of each key hides those at the end.
  @Test(arguments: [[3, 1], [1], [4], []] as [[Int64]]) func aShortMaskHasNoValue(shape: [Int64]) throws {
    var tensors = Self.whole
    tensors["mask"] = .floats(Array(repeating: 0, count: Int(shape.reduce(1, *))), shape: shape)
    #expect(try run(tensors, inputs: ["q", "k", "v", "mask"]).isEmpty)
  }

  @Test func otherHeadsOfKeysHaveNoValue() throws {
    var tensors = Self.whole
    tensors["k"] = .floats(Array(Self.keys.prefix(8)), shape: [1, 1, 4, 2])
    #expect(try run(tensors).isEmpty)
    #expect(try run(Self.whole, inputs: ["q", "k", "v", "", "k", "v"]).isEmpty)
  }
}
