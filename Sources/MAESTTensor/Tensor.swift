/// An owning array of numbers with a shape, row-major.
///
/// A tensor of shape `[2, 3]` holds 6 elements; element `[1, 2]` is the last. A shape of no axes is a
/// single number, a shape with a 0 holds nothing.
public struct Tensor: Sendable, Equatable {
  /// The length of every axis, outermost first.
  public let shape: [Int]

  /// All elements, the last axis running fastest.
  public let elements: [Float]

  /// Makes a tensor of elements in row-major order.
  ///
  /// - Parameters:
  ///   - shape: the length of every axis; none is negative.
  ///   - elements: as many as the product of the shape.
  public init(shape: [Int], elements: [Float]) {
    precondition(shape.allSatisfy { $0 >= 0 }, "negative length in shape \(shape)")
    precondition(
      shape.reduce(1, *) == elements.count, "shape \(shape) does not hold \(elements.count) elements")
    self.shape = shape
    self.elements = elements
  }

  /// The number of axes.
  public var rank: Int { shape.count }

  /// The number of elements.
  public var count: Int { elements.count }

  /// Whether no element is NaN or infinite.
  package var isFinite: Bool { elements.allSatisfy(\.isFinite) }

  /// The element at one index for every axis.
  public subscript(indices: Int...) -> Float {
    precondition(indices.count == rank, "\(indices.count) indices for shape \(shape)")
    var position = 0
    for (index, length) in zip(indices, shape) {
      precondition(index >= 0 && index < length, "index \(indices) outside shape \(shape)")
      position = position * length + index
    }
    return elements[position]
  }

  /// The part at one index of the first axis: a tensor of shape `shape[1...]`.
  public subscript(slice index: Int) -> Tensor {
    precondition(rank > 0, "a tensor of no axes has no slices")
    precondition(index >= 0 && index < shape[0], "slice \(index) outside shape \(shape)")
    let length = count / shape[0]
    let range = index * length..<(index + 1) * length
    return Tensor(shape: Array(shape.dropFirst()), elements: Array(elements[range]))
  }
}
