import MAESTConverter
import MAESTKernels
import MAESTTestSupport
import Testing

@Suite struct OperationProductTests {
  @Test func matrices() throws {
    let (a, b) = (counting([2, 3]), counting([3, 2]))
    expect(try evaluate("MatMul", [a, b]), [2, 2], floats: [10, 13, 28, 40])
    expect(
      try evaluate("MatMul", [a, a], ["transpose_b": .boolean(true)]), [2, 2], floats: [5, 14, 14, 50])
    expect(
      try evaluate("MatMul", [a, a], ["transpose_a": .boolean(true)]), [3, 3],
      floats: [9, 12, 15, 12, 17, 22, 15, 22, 29])
    expect(
      try evaluate("MatMul", [a, b], ["transpose_a": .boolean(true), "transpose_b": .boolean(true)]), [3, 3],
      floats: [3, 9, 15, 4, 14, 24, 5, 19, 33])
  }

  @Test func emptyMatrices() throws {
    expect(try evaluate("MatMul", [counting([2, 0]), counting([0, 2])]), [2, 2], floats: [0, 0, 0, 0])
    expect(try evaluate("MatMul", [counting([0, 3]), counting([3, 2])]), [0, 2], floats: [])
    expect(try evaluate("BatchMatMulV2", [counting([0, 2, 3]), counting([3, 2])]), [0, 2, 2], floats: [])
  }

  /// Stacks with every kind of broadcast batch, against plain loops; both with and without threads.
  @Test(arguments: [
    ([2, 3, 4], [2, 4, 5]), ([2, 3, 4], [4, 5]), ([3, 4], [2, 4, 5]), ([2, 1, 3, 4], [1, 3, 4, 5]),
    ([1, 3, 4], [2, 4, 5]), ([2, 300, 4], [1, 4, 5]), ([2, 2, 3, 4], [2, 1, 4, 5]), ([700, 3], [3, 2]),
  ])
  func stacks(left: [Int], right: [Int]) throws {
    let (a, b) = (randomFloats(left), randomFloats(right, seed: 2))
    let expected = try Self.product(a, b)
    let transposed = try evaluate("Transpose", [b, integers(Self.lastSwapped(right.count))])
    let transposedLeft = try evaluate("Transpose", [a, integers(Self.lastSwapped(left.count))])
    for context in [
      EvaluationContext.folding, .interpreting(try Compute(backend: .reference, threadCount: 3)),
    ] {
      let plain = try evaluate("BatchMatMulV2", [a, b], in: context)[0]
      #expect(plain.shape == expected.shape)
      expectClose(plain.floats ?? [], expected.floats ?? [], maximum: 1e-5, "as they stand")
      let right = try evaluate("BatchMatMulV2", [a] + transposed, ["adj_y": .boolean(true)], in: context)[0]
      expectClose(right.floats ?? [], expected.floats ?? [], maximum: 1e-5, "right transposed")
      let left = try evaluate("BatchMatMulV2", transposedLeft + [b], ["adj_x": .boolean(true)], in: context)[
        0]
      expectClose(left.floats ?? [], expected.floats ?? [], maximum: 1e-5, "left transposed")
    }
  }

  private static func lastSwapped(_ rank: Int) -> [Int] { Array(0..<(rank - 2)) + [rank - 1, rank - 2] }

  /// The obvious way: products of all pairs by broadcasting, then a sum over the inner axis.
  private static func product(_ a: ConstantTensor, _ b: ConstantTensor) throws -> ConstantTensor {
    let columns = try evaluate("ExpandDims", [a, integer(-1)])
    let rows = try evaluate("ExpandDims", [b, integer(-3)])
    let pairs = try evaluate("Mul", columns + rows)
    return try evaluate("Sum", pairs + [integer(-2)])[0]
  }

  @Test func wrongMatrices() {
    expectRefusal("MatMul", [counting([2, 3]), counting([2, 3])], mentions: "[2, 3]")
    expectRefusal("MatMul", [counting([3]), counting([3, 2])])
    expectRefusal("MatMul", [counting([1, 2, 3]), counting([3, 2])])
    expectRefusal("MatMul", [integers([1], [1, 1]), integers([1], [1, 1])], mentions: "int32")
    expectRefusal("BatchMatMulV2", [counting([2, 2, 3]), counting([3, 3, 2])])
    expectRefusal("BatchMatMulV2", [counting([3]), counting([3])], ["adj_x": .boolean(true)])
    expectRefusal("MatMul", [counting([5000, 1]), counting([1, 5000])], mentions: "allowed")
    expectRefusal("MatMul", [counting([1000, 200]), counting([200, 1000])], mentions: "multiplications")
  }

  // MARK: - Einsum

  private func einsum(_ equation: String, _ a: ConstantTensor, _ b: ConstantTensor) throws -> [ConstantTensor]
  {
    try evaluate("Einsum", [a, b], ["equation": .string(equation)])
  }

  @Test func contractionsByHand() throws {
    let (a, b) = (counting([2, 3]), counting([3, 2]))
    expect(try einsum("ij,jk->ik", a, b), [2, 2], floats: [10, 13, 28, 40])
    expect(try einsum("ij,jk->ki", a, b), [2, 2], floats: [10, 28, 13, 40])
    expect(try einsum("ij, ij -> ij", a, a), [2, 3], floats: [0, 1, 4, 9, 16, 25])
    expect(try einsum("ij,ij->", a, a), [], floats: [55])
    expect(try einsum("i,j->ij", counting([2]), counting([3])), [2, 3], floats: [0, 0, 0, 0, 1, 2])
    expect(try einsum("ij,k->ik", a, counting([2])), [2, 2], floats: [0, 3, 0, 12])
    expect(try einsum(",i->i", floats([3], []), counting([3])), [3], floats: [0, 3, 6])
  }

  /// The forms that transformers are written in, against products by broadcasting.
  @Test(arguments: [
    "abc,cd->abd", "abc,cde->abde", "abcd,cde->abe", "aecd,abcd->acbe", "acbe,aecd->abcd", "bhqd,bhkd->bhqk",
    "bhqk,bhkd->bhqd", "btd,dhk->bhtk", "ab,cd->dbca", "abc,ad->cb",
  ])
  func contractions(equation: String) throws {
    let sizes: [Character: Int] = [
      "a": 2, "b": 3, "c": 4, "d": 5, "e": 6, "h": 2, "q": 3, "k": 4, "t": 5,
    ]
    let terms = equation.replacing("->", with: ",").split(separator: ",").map { Array($0) }
    func shape(_ labels: [Character]) -> [Int] { labels.compactMap { sizes[$0] } }
    let (a, b) = (randomFloats(shape(terms[0])), randomFloats(shape(terms[1]), seed: 2))
    let labels = Array(Set(terms[0] + terms[1])).sorted()
    func spread(_ tensor: ConstantTensor, _ own: [Character]) throws -> [ConstantTensor] {
      let order = own.indices.sorted { own[$0] < own[$1] }
      let sorted = try evaluate("Transpose", [tensor, integers(order)])
      return try evaluate(
        "Reshape", sorted + [integers(labels.map { own.contains($0) ? sizes[$0] ?? 0 : 1 })])
    }
    let pairs = try evaluate("Mul", spread(a, terms[0]) + spread(b, terms[1]))
    let summed = labels.indices.filter { !terms[2].contains(labels[$0]) }
    let sum = try evaluate("Sum", pairs + [integers(summed)])
    let rest = labels.filter { terms[2].contains($0) }
    let expected = try evaluate(
      "Transpose", sum + [integers(terms[2].compactMap { rest.firstIndex(of: $0) })])[0]
    let found = try einsum(equation, a, b)[0]
    #expect(found.shape == shape(terms[2]))
    expectClose(found.floats ?? [], expected.floats ?? [], maximum: 1e-5, equation)
  }

  @Test(arguments: [
    "", "ij,jk", "ij->ij", "ij,jk,kl->il", "ii,ij->ij", "ij,jk->iik", "ij,jk->il", "...j,jk->...k",
    "ij,jk->i>k",
    "i,jk->ik", "ij,ik->jk",
  ])
  func wrongEquations(equation: String) {
    expectRefusal(
      "Einsum", [counting([2, 3]), counting([3, 2])], ["equation": .string(equation)], mentions: equation)
  }

  @Test func wrongNumberOfOperands() {
    expectRefusal("Einsum", [counting([2, 3])], ["equation": .string("ij,jk->ik")], mentions: "expected 2")
  }
}
