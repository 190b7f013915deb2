import MAESTConverter
import Testing

/// Folding of constants, which shares the table of operations with the interpreter.
@Suite struct InterpreterFoldingTests {
  /// Sums of a large constant with itself: 2^60 paths, but one value at each step.
  @Test func sharedConstantsAreWorkedOutOnce() throws {
    var builder = GraphBuilder()
    var value = builder.constant(counting([5000]))
    for _ in 0..<60 { value = builder.add("AddV2", [value, value]) }
    let constant = try #require(FoldedGraph(builder.graph).constant(value)?.floats)
    #expect(constant[1] == 0x1p60)
  }

  @Test func endlessChainsAreGivenUp() {
    var builder = GraphBuilder()
    var value = builder.constant(counting([5000]))
    for _ in 0..<200 { value = builder.add("Neg", [value]) }
    let folded = FoldedGraph(builder.graph)
    #expect(folded.isConstant(value))
    #expect(folded.constant(value) == nil)
  }

  /// Many large results of small inputs: their shapes are known, their elements do not stay in memory.
  @Test func largeResultsAreMadeOnDemand() throws {
    var builder = GraphBuilder()
    let size = builder.constant(integers([1 << 10, 1 << 10]))
    let number = builder.constant(floats([3], []))
    let values = (0..<200).map { _ in builder.add("Fill", [size, number]) }
    let folded = FoldedGraph(builder.graph)
    let first = try #require(folded.constant(values[0]))
    #expect(folded.shape(of: values[0]) == [1 << 10, 1 << 10])
    #expect(first.shape == [1 << 10, 1 << 10] && first.floats?.last == 3)
    #expect(values.allSatisfy(folded.isConstant))
  }

  @Test func hugeResultsAreNotMade() {
    var builder = GraphBuilder()
    let size = builder.constant(integers([1 << 15, 1 << 15]))
    let filled = builder.add("Fill", [size, builder.constant(floats([3], []))])
    let column = builder.constant(counting([1024, 1]))
    let row = builder.constant(counting([1, 1024]))
    let product = builder.add(
      "Mul", [builder.add("MatMul", [column, row]), builder.add("MatMul", [column, row])])
    let folded = FoldedGraph(builder.graph)
    #expect(folded.constant(filled) == nil)
    #expect(folded.constant(product)?.count == 1 << 20)
  }

  @Test func branchesWithKnownConditions() {
    var builder = GraphBuilder()
    let x = builder.placeholder("x", shape: [1, 4])
    let yes = builder.constant(booleans([true], []))
    let side = builder.add("Switch", [x, yes])
    // Dead through its second input.
    let dead = builder.add("AddV2", [x, side])
    let merged = builder.add("Merge", [dead, builder.add("Neg", [side.output(1)])])
    let chosen = builder.add("SelectBranch", [yes, merged, dead])
    let folded = FoldedGraph(builder.graph)
    #expect(folded.shape(of: merged) == [1, 4])
    #expect(folded.shape(of: chosen) == [1, 4])
    #expect(!folded.isConstant(chosen))
  }

  /// An axis of no elements does not hide sizes whose product is too large.
  @Test func absurdShapesAreNotBelieved() {
    var builder = GraphBuilder()
    let x = builder.placeholder("x", shape: [0, 1 << 40, 1 << 40])
    #expect(FoldedGraph(builder.graph).shape(of: x) == nil)
  }
}
