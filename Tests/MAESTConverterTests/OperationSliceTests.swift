import MAESTConverter
import Testing

@Suite struct OperationSliceTests {
  @Test func splitting() throws {
    let parts = try evaluate("Split", [integer(-1), counting([2, 4])], ["num_split": .integer(2)])
    #expect(parts.map(\.shape) == [[2, 2], [2, 2]])
    #expect(parts.map(\.floats) == [[0, 1, 4, 5], [2, 3, 6, 7]])
    let sized = try evaluate("SplitV", [counting([5]), integers([1, -1, 2]), integer(0)])
    #expect(sized.map(\.floats) == [[0], [1, 2], [3, 4]])
    #expect(try evaluate("SplitV", [counting([2]), integers([0, 2]), integer(0)])[0].floats == [])
    let rows = try evaluate("Unpack", [counting([2, 2, 1])], ["axis": .integer(1), "num": .integer(2)])
    #expect(rows.map(\.shape) == [[2, 1], [2, 1]])
    #expect(rows.map(\.floats) == [[0, 2], [1, 3]])
  }

  @Test func splittingThatDoesNotWork() {
    expectRefusal("Split", [integer(0), counting([5])], ["num_split": .integer(2)], mentions: "5", "2")
    expectRefusal("Split", [integer(0), counting([5])], ["num_split": .integer(0)])
    expectRefusal("Split", [integer(0), counting([0])], ["num_split": .integer(Int.max)])
    expectRefusal("Split", [integer(1), counting([5])], mentions: "axis 1")
    expectRefusal("SplitV", [counting([5]), integers([2, 2]), integer(0)])
    expectRefusal("SplitV", [counting([5]), integers([-1, -1]), integer(0)])
    expectRefusal("SplitV", [counting([5]), integers([Int.max, 2], type: .int64), integer(0)])
    expectRefusal("SplitV", [counting([5]), integers([6, -1]), integer(0)])
    expectRefusal("Unpack", [counting([2])], ["num": .integer(3)], mentions: "3")
    expectRefusal("Unpack", [floats([1], [])])
    expectRefusal("Unpack", [counting([5000])], mentions: "1024")
  }

  @Test func slices() throws {
    expect(
      try evaluate("Slice", [counting([3, 4]), integers([1, 1]), integers([-1, 2])]), [2, 2],
      floats: [5, 6, 9, 10])
    expect(try evaluate("Slice", [counting([3]), integers([3]), integers([0])]), [0], floats: [])
    expectRefusal("Slice", [counting([3]), integers([1]), integers([3])], mentions: "[3]")
    expectRefusal("Slice", [counting([3]), integers([-1]), integers([1])])
    expectRefusal(
      "Slice", [counting([3]), integers([Int.max], type: .int64), integers([Int.max], type: .int64)])
    expectRefusal("Slice", [counting([3]), integers([0, 0]), integers([1, 1])])
  }

  private func strided(
    _ tensor: ConstantTensor, _ begin: [Int], _ end: [Int], _ strides: [Int], _ masks: [String: Int] = [:]
  ) throws(ConversionError) -> [ConstantTensor] {
    try evaluate(
      "StridedSlice", [tensor, integers(begin), integers(end), integers(strides)],
      masks.mapValues { .integer($0) })
  }

  /// The expectations are Python's.
  @Test func stridedSlices() throws {
    let list = counting([6])
    expect(try strided(list, [1], [5], [2]), [2], floats: [1, 3])
    expect(try strided(list, [-2], [100], [1]), [2], floats: [4, 5])
    expect(try strided(list, [4], [1], [-1]), [3], floats: [4, 3, 2])
    expect(try strided(list, [0], [0], [-2], ["begin_mask": 1, "end_mask": 1]), [3], floats: [5, 3, 1])
    expect(try strided(list, [4], [2], [1]), [0], floats: [])
    expect(try strided(list, [-1], [0], [1], ["shrink_axis_mask": 1]), [], floats: [5])
    let cube = counting([2, 3, 4])
    expect(try strided(cube, [1], [2], [1]), [1, 3, 4], floats: (12..<24).map { Float($0) })
    expect(
      try strided(cube, [0, 0, 1], [0, 0, 3], [1, 1, 1], ["begin_mask": 3, "end_mask": 3]), [2, 3, 2],
      floats: [1, 2, 5, 6, 9, 10, 13, 14, 17, 18, 21, 22])
    expect(
      try strided(cube, [0, 2], [0, 3], [1, 1], ["ellipsis_mask": 1, "shrink_axis_mask": 2]), [2, 3],
      floats: [2, 6, 10, 14, 18, 22])
    expect(
      try strided(
        cube, [0, 0, 0, 1], [0, 0, 1, 2], [1, 1, 1, 1], ["ellipsis_mask": 2, "new_axis_mask": 1]),
      [1, 2, 1, 1], floats: [1, 13])
  }

  @Test func stridedSlicesThatDoNotWork() {
    func refuse(
      _ begin: [Int], _ end: [Int], _ strides: [Int], _ masks: [String: Int] = [:],
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      expectRefusal(
        "StridedSlice", [counting([4]), integers(begin), integers(end), integers(strides, type: .int64)],
        masks.mapValues { .integer($0) }, sourceLocation: sourceLocation)
    }
    refuse([0], [4], [0])
    refuse([0], [4], [Int.min])
    refuse([4], [5], [1], ["shrink_axis_mask": 1])
    refuse([-5], [0], [1], ["shrink_axis_mask": 1])
    refuse([0, 0], [1, 1], [1, 1])
    refuse([0], [1, 1], [1])
    refuse([0, 0, 0], [0, 0, 0], [1, 1, 1], ["ellipsis_mask": 3])
  }
}
