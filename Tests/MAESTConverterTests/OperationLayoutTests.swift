import MAESTConverter
import Testing

@Suite struct OperationLayoutTests {
  @Test func reshaping() throws {
    expect(
      try evaluate("Reshape", [counting([2, 3]), integers([3, 2])]), [3, 2], floats: [0, 1, 2, 3, 4, 5])
    #expect(try evaluate("Reshape", [counting([2, 6]), integers([3, -1, 2])])[0].shape == [3, 2, 2])
    #expect(try evaluate("Reshape", [counting([1]), integers([])])[0].shape == [])
    #expect(try evaluate("Reshape", [counting([0, 4]), integers([2, 0])])[0].shape == [2, 0])
    expectRefusal("Reshape", [counting([2, 3]), integers([4, -1])], mentions: "[4, -1]")
    expectRefusal("Reshape", [counting([2, 3]), integers([-1, -1])])
    expectRefusal("Reshape", [counting([2, 3]), integers([7])])
    expectRefusal("Reshape", [counting([2, 3]), integers([-2, -3])])
    expectRefusal("Reshape", [counting([2, 3]), integers([1 << 40, 1 << 40], type: .int64)])
    expectRefusal("Reshape", [counting([0]), integers([-1, 0])])
    expectRefusal("Reshape", [counting([2, 3]), floats([6])], mentions: "integers")
  }

  @Test func axesOfOneElement() throws {
    #expect(try evaluate("ExpandDims", [counting([2, 3]), integer(1)])[0].shape == [2, 1, 3])
    #expect(try evaluate("ExpandDims", [counting([2, 3]), integer(-1)])[0].shape == [2, 3, 1])
    #expect(try evaluate("ExpandDims", [counting([2, 3]), integer(-3)])[0].shape == [1, 2, 3])
    #expect(try evaluate("Squeeze", [counting([1, 2, 1])])[0].shape == [2])
    let last: [String: Attribute] = ["squeeze_dims": .integers([-1])]
    #expect(try evaluate("Squeeze", [counting([1, 2, 1])], last)[0].shape == [1, 2])
    expectRefusal("ExpandDims", [counting([2]), integer(3)], mentions: "axis 3")
    expectRefusal("ExpandDims", [counting([2]), integers([Int.min], [], type: .int64)])
    expectRefusal("Squeeze", [counting([1, 2])], last, mentions: "[1, 2]")
    expectRefusal("Squeeze", [counting([1])], ["squeeze_dims": .integers([4])])
  }

  /// Every order of four axes, against an index calculation; sizes reach beyond one square of the blocked walk.
  @Test(arguments: [[3, 35, 2, 40], [1, 33, 1, 65], [2, 1, 3, 1], [2, 0, 3, 4]])
  func transposing(shape: [Int]) throws {
    let tensor = counting(shape)
    let strides = (0..<4).map { shape[($0 + 1)...].reduce(1, *) }
    for order in permutations([0, 1, 2, 3]) {
      let result = order.map { shape[$0] }
      var expected: [Float] = []
      for a in 0..<result[0] {
        for b in 0..<result[1] {
          for c in 0..<result[2] {
            for d in 0..<result[3] {
              expected.append(Float(zip([a, b, c, d], order).reduce(0) { $0 + $1.0 * strides[$1.1] }))
            }
          }
        }
      }
      expect(try evaluate("Transpose", [tensor, integers(order)]), result, floats: expected)
    }
  }

  private func permutations(_ items: [Int]) -> [[Int]] {
    guard items.count > 1 else { return [items] }
    return items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 } }
  }

  @Test func transposingOtherTypes() throws {
    expect(
      try evaluate("Transpose", [integers([1, 2, 3, 4, 5, 6], [2, 3]), integers([1, 0])]), [3, 2],
      integers: [1, 4, 2, 5, 3, 6])
    expect(
      try evaluate("Transpose", [booleans([true, false], [2, 1]), integers([-1, -2])]), [1, 2],
      booleans: [true, false])
    expectRefusal("Transpose", [counting([2, 3]), integers([0, 0])], mentions: "[0, 0]")
    expectRefusal("Transpose", [counting([2, 3]), integers([0])])
    expectRefusal("Transpose", [counting([2, 3]), integers([0, 2])])
  }

  @Test func shapes() throws {
    expect(try evaluate("Shape", [counting([2, 0, 3])]), [3], integers: [2, 0, 3])
    expect(try evaluate("Rank", [counting([2, 3])]), [], integers: [2])
    expect(try evaluate("Size", [counting([2, 3])]), [], integers: [6])
    #expect(try evaluate("Shape", [counting([2])], ["out_type": .type(.int64)])[0].type == .int64)
    expect(try evaluate("ZerosLike", [counting([2])]), [2], floats: [0, 0])
    expect(try evaluate("OnesLike", [integers([5, 6])]), [2], integers: [1, 1])
  }

  @Test func repeating() throws {
    expect(
      try evaluate("BroadcastTo", [floats([1, 2], [2, 1]), integers([2, 2, 3])]), [2, 2, 3],
      floats: [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2])
    expect(
      try evaluate("Tile", [counting([2, 2]), integers([2, 3])]), [4, 6],
      floats: [0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3, 0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3])
    #expect(try evaluate("Tile", [counting([2, 2]), integers([0, 3])])[0].shape == [0, 6])
    expect(try evaluate("Fill", [integers([2, 2]), floats([5], [])]), [2, 2], floats: [5, 5, 5, 5])
    expect(try evaluate("Fill", [integers([]), integer(3)]), [], integers: [3])
    expect(try evaluate("Fill", [integers([0]), booleans([true], [])]), [0], booleans: [])
    expectRefusal("BroadcastTo", [counting([2]), integers([3])], mentions: "[2]", "[3]")
    expectRefusal("BroadcastTo", [counting([2, 2]), integers([2])])
    expectRefusal("Tile", [counting([2]), integers([-1])])
    expectRefusal("Tile", [counting([2]), integers([1 << 62], type: .int64)])
    expectRefusal("Tile", [counting([0, 2]), integers([1, 1 << 62], type: .int64)])
    expectRefusal(
      "Fill", [integers([1 << 31, 1 << 31], type: .int64), floats([0], [])], mentions: "allowed")
    expectRefusal("Fill", [integers([-1]), floats([0], [])])
    expectRefusal("Fill", [integers([2]), floats([1, 2])])
  }

  @Test func ranges() throws {
    expect(try evaluate("Range", [integer(2), integer(9), integer(3)]), [3], integers: [2, 5, 8])
    expect(try evaluate("Range", [integer(3), integer(0), integer(-1)]), [3], integers: [3, 2, 1])
    expect(try evaluate("Range", [integer(3), integer(3), integer(1)]), [0], integers: [])
    expect(
      try evaluate("Range", [floats([0], []), floats([1], []), floats([0.25], [])]), [4],
      floats: [0, 0.25, 0.5, 0.75])
    expectRefusal("Range", [integer(0), integer(9), integer(0)], mentions: "by 0")
    expectRefusal("Range", [integer(5), integer(0), integer(1)])
    expectRefusal("Range", [integer(0), integer(1 << 30), integer(1)])
    let extreme = ConstantTensor(integers: [Int.min], shape: [])
    expectRefusal("Range", [extreme, ConstantTensor(integers: [Int.max], shape: []), integer(1)])
    expectRefusal("Range", [integers([1, 2]), integer(3), integer(1)])
  }

  @Test func puttingTogether() throws {
    expect(
      try evaluate("ConcatV2", [counting([2, 1]), counting([2, 2]), integer(-1)]), [2, 3],
      floats: [0, 0, 1, 1, 2, 3])
    expect(
      try evaluate("ConcatV2", [integers([1]), integers([]), integers([2]), integer(0)]), [2],
      integers: [1, 2])
    expect(
      try evaluate("Concat", [integer(0), booleans([true]), booleans([false])]), [2], booleans: [true, false])
    expect(
      try evaluate("Pack", [counting([2]), counting([2])], ["axis": .integer(-1)]), [2, 2],
      floats: [0, 0, 1, 1])
    expect(try evaluate("Pack", [integer(4), integer(5)]), [2], integers: [4, 5])
    expectRefusal("ConcatV2", [counting([2, 1]), counting([3, 1]), integer(1)], mentions: "[3, 1]")
    expectRefusal("ConcatV2", [counting([2]), integers([1]), integer(0)], mentions: "int32")
    expectRefusal("ConcatV2", [counting([2]), integer(1)], mentions: "axis 1")
    expectRefusal("ConcatV2", [integer(0)])
    expectRefusal("ConcatV2", [])
    expectRefusal("Pack", [counting([2]), counting([3])])
    expectRefusal("Pack", [counting([2]), counting([1, 2])])
    expectRefusal("Pack", [])
  }

  @Test func emptyTensorsOfHugeAxesAreRefused() {
    let empty = ConstantTensor(type: .float32, shape: [0, 1 << 62, 1 << 62], elements: .floats([]))
    expectRefusal("Transpose", [empty, integers([2, 1, 0])], mentions: "allowed")
    expectRefusal("StridedSlice", [empty, integers([0]), integers([1]), integers([1])])
    expectRefusal("Sum", [empty, integers([0])])
  }
}
