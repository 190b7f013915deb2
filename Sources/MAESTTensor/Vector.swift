/// A read-only view of consecutive single-precision numbers.
///
/// Copying the view copies no elements, and every view keeps its memory alive. Shape `[count]`.
package struct Vector: Sendable {
  let memory: Memory
  let offset: Int

  /// The number of elements.
  package let count: Int

  init(memory: Memory, offset: Int, count: Int) {
    precondition(count >= 0, "a vector of \(count) elements")
    precondition(
      offset + count <= memory.elementCapacity,
      "a vector that ends at element \(offset + count), in memory of \(memory.elementCapacity) elements")
    self.memory = memory
    self.offset = offset
    self.count = count
  }

  /// Copies elements into new memory.
  package init(copying elements: [Float]) {
    let memory = Memory(zeroedByteCount: elements.count * MemoryLayout<Float>.stride)
    memory.element(at: 0).update(from: elements, count: elements.count)
    self.init(memory: memory, offset: 0, count: elements.count)
  }

  /// One element.
  package subscript(index: Int) -> Float {
    precondition(index >= 0 && index < count, "element \(index) outside [\(count)]")
    return memory.element(at: offset + index).pointee
  }

  /// Consecutive elements: `[range.count]`.
  package subscript(range: Range<Int>) -> Vector {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) outside [\(count)]")
    return Vector(memory: memory, offset: offset + range.lowerBound, count: range.count)
  }

  /// A copy of all elements.
  package func elements() -> [Float] {
    Array(UnsafeBufferPointer(start: memory.element(at: offset), count: count))
  }

  /// Calls a function with the address of the first element, valid during the call. For kernels only.
  package func withUnsafePointer<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result {
    body(UnsafePointer(memory.element(at: offset)))
  }
}
