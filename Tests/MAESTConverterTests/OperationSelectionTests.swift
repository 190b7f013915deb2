import MAESTConverter
import Testing

@Suite struct OperationSelectionTests {
  @Test func selecting() throws {
    let flags = booleans([true, false])
    expect(try evaluate("SelectV2", [flags, floats([1, 2]), floats([3, 4])]), [2], floats: [1, 4])
    expect(
      try evaluate("SelectV2", [booleans([true, false], [2, 1]), integers([1, 2, 3]), integer(0)]), [2, 3],
      integers: [1, 2, 3, 0, 0, 0])
    expect(
      try evaluate("SelectV2", [flags, booleans([true], []), booleans([false], [])]), [2],
      booleans: [true, false])
    expect(
      try evaluate("Select", [flags, counting([2, 2]), floats([9, 9, 9, 9], [2, 2])]), [2, 2],
      floats: [0, 1, 9, 9])
    expectRefusal("SelectV2", [flags, floats([1, 2, 3]), floats([1])], mentions: "[3]")
    expectRefusal("SelectV2", [floats([1]), floats([1]), floats([1])], mentions: "truth values")
    expectRefusal("SelectV2", [flags, floats([1]), integers([1])], mentions: "int32")
  }

  @Test func gathering() throws {
    expect(
      try evaluate("GatherV2", [counting([3, 2]), integers([2, 0, 2]), integer(0)]), [3, 2],
      floats: [4, 5, 0, 1, 4, 5])
    expect(try evaluate("GatherV2", [counting([2, 3]), integer(1), integer(-1)]), [2], floats: [1, 4])
    expect(
      try evaluate("GatherV2", [counting([2, 3, 2]), integers([0, 2], [1, 2]), integer(1)]), [2, 1, 2, 2],
      floats: [0, 1, 4, 5, 6, 7, 10, 11])
    expect(try evaluate("GatherV2", [counting([0, 3]), integers([1]), integer(1)]), [0, 1], floats: [])
    expectRefusal("GatherV2", [counting([3]), integers([3]), integer(0)], mentions: "index 3 of 3")
    expectRefusal("GatherV2", [counting([3]), integers([-1]), integer(0)])
    expectRefusal("GatherV2", [counting([3]), integers([0]), integer(1)])
    expectRefusal("GatherV2", [floats([1], []), integers([0])])
    expectRefusal(
      "GatherV2", [counting([3]), integers([0]), integer(0)], ["batch_dims": .integer(1)],
      mentions: "batch_dims")
  }

  @Test func gatheringAtPositions() throws {
    let tensor = counting([2, 3])
    expect(try evaluate("GatherNd", [tensor, integers([1, 2, 0, 1], [2, 2])]), [2], floats: [5, 1])
    expect(try evaluate("GatherNd", [tensor, integers([1], [1, 1])]), [1, 3], floats: [3, 4, 5])
    expect(try evaluate("GatherNd", [tensor, integers([1, 0])]), [], floats: [3])
    expectRefusal("GatherNd", [tensor, integers([2, 0])], mentions: "index 2 of 2")
    expectRefusal("GatherNd", [tensor, integers([0, 0, 0])], mentions: "[3]")
    expectRefusal("GatherNd", [tensor, integers([])])
  }

  @Test func coordinatesOfWhatIsTrue() throws {
    expect(
      try evaluate("Where", [booleans([true, false, false, true, true, false], [2, 3])]), [3, 2],
      integers: [0, 0, 1, 0, 1, 1])
    expect(try evaluate("Where", [floats([0, 0.5, 0])]), [1, 1], integers: [1])
    expect(try evaluate("Where", [integers([0, 0])]), [0, 1], integers: [])
  }

  @Test func scattering() throws {
    expect(
      try evaluate(
        "SparseToDense", [integers([0, 2], [2, 1]), integers([4]), integers([7, 8]), integer(-1)]),
      [4], integers: [7, -1, 8, -1])
    expect(
      try evaluate(
        "SparseToDense", [integers([1, 1], [1, 2]), integers([2, 2]), floats([5], []), floats([0], [])]),
      [2, 2], floats: [0, 0, 0, 5])
    expect(
      try evaluate(
        "SparseToDense", [integers([], [0, 1]), integers([2]), booleans([]), booleans([true], [])]),
      [2], booleans: [true, true])
    let (one, zero) = (integer(1), integer(0))
    expectRefusal("SparseToDense", [integers([4]), integers([4]), one, zero], mentions: "index 4 of 4")
    expectRefusal("SparseToDense", [integers([0, 1]), integers([4]), integers([1, 2, 3]), zero])
    expectRefusal("SparseToDense", [integers([0]), integers([-4]), one, zero])
    expectRefusal("SparseToDense", [integers([0]), integers([]), one, zero])
    expectRefusal("SparseToDense", [integers([0]), integers([1 << 40], type: .int64), one, zero])
    expectRefusal(
      "SparseToDense", [integers([0]), integers([4]), floats([1], []), zero], mentions: "float32")
  }
}
