#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// Element types that occur in graphs of MAEST.
package enum ElementType: String, Sendable {
  case float32, float64, float16, bfloat16
  case int8, uint8, int16, int32, int64
  case bool
  case string
  case other

  var isFloating: Bool { [.float32, .float64, .float16, .bfloat16].contains(self) }
  var isInteger: Bool { [.int8, .uint8, .int16, .int32, .int64].contains(self) }
}

/// A constant: element type, shape and elements in row-major order.
package struct ConstantTensor: Sendable {
  package var type: ElementType
  package var shape: [Int]
  package var elements: Elements

  /// Elements in the widest form of their kind; large float32 constants keep the bytes of the file.
  package enum Elements: Sendable {
    /// Little-endian float32, as stored in the graph.
    case floatBytes(Data)
    case floats([Float])
    case integers([Int])
    case booleans([Bool])
    case strings([Data])
  }

  /// Maximum rank of a tensor, and maximum length of a list of sizes, axes or positions along axes.
  package static let rankLimit = 64

  package var count: Int { shape.reduce(1, *) }

  package init(type: ElementType, shape: [Int], elements: Elements) {
    self.type = type
    self.shape = shape
    self.elements = elements
  }
}

extension ConstantTensor {
  package init(floats: [Float], shape: [Int]) {
    precondition(floats.count == shape.reduce(1, *), "\(floats.count) elements for shape \(shape)")
    self.init(type: .float32, shape: shape, elements: .floats(floats))
  }

  package init(integers: [Int], shape: [Int], type: ElementType = .int64) {
    precondition(integers.count == shape.reduce(1, *), "\(integers.count) elements for shape \(shape)")
    self.init(type: type, shape: shape, elements: .integers(integers))
  }

  package init(booleans: [Bool], shape: [Int]) {
    precondition(booleans.count == shape.reduce(1, *), "\(booleans.count) elements for shape \(shape)")
    self.init(type: .bool, shape: shape, elements: .booleans(booleans))
  }

  /// The elements as floats; nil if they are of another kind.
  package var floats: [Float]? {
    switch elements {
    case .floats(let values): values
    case .floatBytes(let data):
      data.withUnsafeBytes { bytes in
        Array(unsafeUninitializedCapacity: bytes.count / 4) { floats, initializedCount in
          for index in floats.indices {
            let pattern = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
            floats.initializeElement(at: index, to: Float(bitPattern: UInt32(littleEndian: pattern)))
          }
          initializedCount = bytes.count / 4
        }
      }
    case .integers, .booleans, .strings: nil
    }
  }

  /// The elements as integers; nil if they are of another kind.
  package var integers: [Int]? {
    if case .integers(let values) = elements { values } else { nil }
  }

  /// The elements as truth values; nil if they are of another kind.
  package var booleans: [Bool]? {
    if case .booleans(let values) = elements { values } else { nil }
  }

  /// Little-endian float32 bytes; nil if the elements are of another kind.
  var littleEndianFloatBytes: Data? {
    switch elements {
    case .floatBytes(let data): data
    case .floats(let values):
      if 1.littleEndian == 1 {
        values.withUnsafeBytes { Data($0) }
      } else {
        values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
      }
    case .integers, .booleans, .strings: nil
    }
  }

  /// The number in a scalar or a tensor of one element; otherwise nil.
  var scalar: Double? {
    guard count == 1 else { return nil }
    if let value = floats?.first { return Double(value) }
    if let value = integers?.first { return Double(value) }
    return nil
  }

  /// Returns the same elements in another shape of the same size.
  func reshaped(_ shape: [Int]) -> ConstantTensor {
    precondition(shape.reduce(1, *) == count, "\(self.shape) cannot become \(shape)")
    return ConstantTensor(type: type, shape: shape, elements: elements)
  }
}

extension [Int] {
  /// The list for messages; a long list is shortened to its first elements and its length.
  var brief: String {
    count <= 8 ? "\(self)" : "[\(prefix(8).map(String.init).joined(separator: ", ")), … \(count) numbers]"
  }
}
