/// A sum of products over shared axes, in the notation of `Einsum`: `"abc,cde->abde"`.
///
/// There are four kinds of axes: in both operands and the result (batch); in both operands but not in the result
/// (inner); in one operand and the result (rows or columns); in one operand only (summed). Both operands are rearranged
/// to `[batch, row or column, inner]` and multiplied as stacks of matrices.
struct Contraction {
  private let operands: Operands
  private let equation: Equation
  private let sizes: [Character: Int]

  init(_ operands: Operands) throws(ConversionError) {
    self.operands = operands
    equation = try Equation(operands.node)
    guard operands.inputs.count == 2 else {
      throw operands.node.failure("\(operands.inputs.count) operands, expected 2")
    }
    sizes = try Self.sizes(equation, operands.inputs.map(\.shape), operands.node)
  }

  /// Returns the size of each label.
  private static func sizes(
    _ equation: Equation, _ shapes: [[Int]], _ node: Node
  ) throws(ConversionError) -> [Character: Int] {
    var sizes: [Character: Int] = [:]
    for (labels, shape) in zip([equation.left, equation.right], shapes) {
      guard labels.count == shape.count else {
        throw node.failure("'\(equation.text)' for shapes \(shapes)")
      }
      for (label, size) in zip(labels, shape) {
        guard sizes.updateValue(size, forKey: label) ?? size == size else {
          throw node.failure("'\(equation.text)' for shapes \(shapes): two sizes of '\(label)'")
        }
      }
    }
    return sizes
  }

  /// Returns the result shape of `node` for operands of the given shapes.
  static func shape(_ node: Node, _ left: [Int], _ right: [Int]) throws(ConversionError) -> [Int] {
    let equation = try Equation(node)
    let sizes = try sizes(equation, [left, right], node)
    return equation.result.compactMap { sizes[$0] }
  }

  func result() throws(ConversionError) -> ConstantTensor {
    let (left, right) = (Set(equation.left), Set(equation.right))
    let batch = equation.result.filter { left.contains($0) && right.contains($0) }
    let rows = equation.result.filter { !right.contains($0) }
    let columns = equation.result.filter { !left.contains($0) }
    let inner = equation.left.filter { right.contains($0) && !equation.result.contains($0) }
    try operands.checkedCount(shape(equation.result))
    let a = try operand(0, equation.left, [batch, rows, inner])
    let b = try operand(1, equation.right, [batch, columns, inner])
    let product = try MatrixProduct(operands, a, b, transposesRight: true).result()
    let natural = batch + rows + columns
    return product.reshaped(shape(natural))
      .permuted(equation.result.compactMap { natural.firstIndex(of: $0) })
  }

  /// Sums an operand over the axes that are in no group; the result has one axis per group.
  private func operand(
    _ index: Int, _ labels: [Character], _ groups: [[Character]]
  ) throws(ConversionError) -> ConstantTensor {
    var (tensor, labels) = (try operands.tensor(index), labels)
    let wanted = groups.flatMap { $0 }
    let summed = labels.indices.filter { !wanted.contains(labels[$0]) }
    if !summed.isEmpty {
      let node = Node(name: operands.node.name, operation: "Sum", inputs: [], attributes: [:])
      let axes = ConstantTensor(integers: summed, shape: [summed.count])
      tensor = try Operations.evaluate(node, [tensor, axes], in: operands.context)[0]
      labels = labels.filter { wanted.contains($0) }
    }
    return tensor.permuted(wanted.compactMap { labels.firstIndex(of: $0) })
      .reshaped(groups.map { shape($0).reduce(1, *) })
  }

  private func shape(_ labels: [Character]) -> [Int] { labels.compactMap { sizes[$0] } }
}

/// The axis labels of both operands and the result.
private struct Equation {
  private static let lengthLimit = 256

  let text: String
  let left: [Character]
  let right: [Character]
  let result: [Character]

  init(_ node: Node) throws(ConversionError) {
    text = node.attributes["equation"]?.string ?? ""
    guard text.utf8.count <= Self.lengthLimit else {
      throw node.failure("an equation of \(text.utf8.count) bytes, allowed are \(Self.lengthLimit)")
    }
    let sides = text.filter { $0 != " " }.split(separator: ">", omittingEmptySubsequences: false)
    let terms = sides[0].dropLast().split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    guard sides.count == 2, sides[0].last == "-", terms.count == 2 else {
      throw node.failure("the equation '\(text)', expected two operands and a result as in 'ab,bc->ac'")
    }
    (left, right, result) = (terms[0], terms[1], Array(sides[1]))
    guard [left, right, result].allSatisfy({ Set($0).count == $0.count && $0.allSatisfy(\.isLetter) }),
      Set(result).isSubset(of: left + right)
    else {
      throw node.failure("the equation '\(text)', expected letters, each once in every operand")
    }
  }
}
