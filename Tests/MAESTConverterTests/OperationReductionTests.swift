import MAESTConverter
import Testing

@Suite struct OperationReductionTests {
  private let kept: [String: Attribute] = ["keep_dims": .boolean(true)]

  @Test func overOneAxis() throws {
    let tensor = counting([2, 3])
    expect(try evaluate("Sum", [tensor, integers([0])]), [3], floats: [3, 5, 7])
    expect(try evaluate("Sum", [tensor, integer(-1)]), [2], floats: [3, 12])
    expect(try evaluate("Mean", [tensor, integers([1])], kept), [2, 1], floats: [1, 4])
    expect(try evaluate("Prod", [tensor, integers([1])]), [2], floats: [0, 60])
    expect(try evaluate("Max", [tensor, integers([-2])], kept), [1, 3], floats: [3, 4, 5])
    expect(try evaluate("Min", [tensor, integers([1])]), [2], floats: [0, 3])
  }

  @Test func overSeveralAxes() throws {
    let tensor = counting([2, 3, 4])
    expect(try evaluate("Sum", [tensor, integers([0, 2])]), [3], floats: [60, 92, 124])
    expect(try evaluate("Mean", [tensor, integers([2, 0])], kept), [1, 3, 1], floats: [7.5, 11.5, 15.5])
    expect(try evaluate("Max", [tensor, integers([0, 1, 2])]), [], floats: [23])
    expect(try evaluate("Sum", [tensor, integers([])]), [2, 3, 4], floats: (0..<24).map { Float($0) })
    expect(try evaluate("Sum", [floats([3], []), integers([])]), [], floats: [3])
  }

  @Test func integersAndTruthValues() throws {
    let tensor = integers([1, 2, 3, 4], [2, 2])
    expect(try evaluate("Sum", [tensor, integers([0])]), [2], integers: [4, 6])
    expect(try evaluate("Mean", [tensor, integers([1])]), [2], integers: [1, 3])
    expect(try evaluate("Prod", [tensor, integers([0, 1])]), [], integers: [24])
    expect(try evaluate("Max", [tensor, integers([1])]), [2], integers: [2, 4])
    expect(try evaluate("Prod", [integers([1 << 20, 1 << 20]), integer(0)]), [], integers: [0])
    expect(try evaluate("Prod", [integers([]), integer(0)]), [], integers: [1])
    let flags = booleans([true, true, true, false], [2, 2])
    expect(try evaluate("All", [flags, integers([1])]), [2], booleans: [true, false])
    expect(try evaluate("Any", [flags, integers([0, 1])], kept), [1, 1], booleans: [true])
    expect(try evaluate("All", [booleans([]), integer(0)]), [], booleans: [true])
  }

  @Test func nothingToReduce() throws {
    expect(try evaluate("Sum", [counting([2, 0]), integer(1)]), [2], floats: [0, 0])
    expect(try evaluate("Mean", [counting([1, 0]), integer(1)]), [1], floats: [.nan])
    expect(try evaluate("Max", [counting([1, 0]), integer(1)]), [1], floats: [-.infinity])
    expect(try evaluate("Sum", [counting([0, 3]), integer(1)]), [0], floats: [])
    expectRefusal("Max", [integers([]), integer(0)], mentions: "no integers")
    expectRefusal("Mean", [integers([]), integer(0)])
  }

  @Test func sumsAreExactInDoublePrecision() throws {
    let values = [Float](repeating: 0x1p-24, count: 1 << 16) + [1]
    expect(try evaluate("Sum", [floats(values), integer(0)]), [], floats: [1 + 0x1p-8])
    expect(try evaluate("Max", [floats([1, .nan, 2]), integer(0)]), [], floats: [.nan])
  }

  @Test func wrongAxes() {
    expectRefusal("Sum", [counting([2, 3]), integers([2])], mentions: "axis 2")
    expectRefusal("Sum", [counting([2, 3]), integers([-3])])
    expectRefusal("Sum", [counting([2, 3]), integers([1, -1])], mentions: "twice")
    expectRefusal("Sum", [booleans([true]), integers([0])], mentions: "bool")
    expectRefusal("All", [counting([2]), integers([0])], mentions: "truth values")
  }

  @Test func softmax() throws {
    let thirds = Float(1.0 / 3)
    expect(
      try evaluate("Softmax", [floats([5, 5, 5, 0, 0, -.infinity], [2, 3])]), [2, 3],
      floats: [thirds, thirds, thirds, 0.5, 0.5, 0])
    expect(
      try evaluate("Softmax", [floats([1000, 1001])]), [2], floats: [0.26894143, 0.7310586])
    expect(try evaluate("Softmax", [counting([2, 0])]), [2, 0], floats: [])
    expectRefusal("Softmax", [floats([1], [])])
    expectRefusal("Softmax", [integers([1])])
  }
}
