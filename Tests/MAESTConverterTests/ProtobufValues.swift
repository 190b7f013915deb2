import Foundation
import MAESTConverter
import MAESTGraphWriter

/// Short ways to write the messages of a graph.
extension TensorFlowAttrValue {
  static func tensor(_ tensor: TensorFlowTensorProto) -> Self { with { $0.tensor = tensor } }
  static func type(_ type: TensorFlowDataType) -> Self { with { $0.type = type } }
  static func integer(_ value: Int) -> Self { with { $0.i = Int64(value) } }
  static func boolean(_ value: Bool) -> Self { with { $0.b = value } }
  static func text(_ value: String) -> Self { with { $0.s = Data(value.utf8) } }
  static func integers(_ values: [Int]) -> Self { with { $0.list.i = values.map { Int64($0) } } }
  static func function(_ name: String) -> Self { with { $0.func.name = name } }
  static func shape(_ sizes: [Int]) -> Self { with { $0.shape = TensorFlowTensorShapeProto(sizes) } }
}

extension TensorFlowTensorShapeProto {
  init(_ sizes: [Int]) {
    self.init()
    dim = sizes.map { size in
      var dimension = Dim()
      dimension.size = Int64(size)
      return dimension
    }
  }
}

extension TensorFlowTensorProto {
  init(_ type: TensorFlowDataType, _ shape: [Int]) {
    self.init()
    dtype = type
    tensorShape = TensorFlowTensorShapeProto(shape)
  }

  /// Float32 numbers as raw content.
  init(floats: [Float], shape: [Int]) {
    self.init(.dtFloat, shape)
    tensorContent = floats.withUnsafeBytes { Data($0) }
  }

  /// One float32 number.
  init(_ number: Float) {
    self.init(.dtFloat, [])
    floatVal = [number]
  }

  /// Int32 numbers as a list of values.
  init(integers: [Int32], shape: [Int]) {
    self.init(.dtInt32, shape)
    intVal = integers
  }

  /// A matrix with its axes exchanged.
  var transposed: Self {
    let (rows, columns, elements) = (shape[0], shape[1], floats)
    let exchanged = (0..<columns).flatMap { column in (0..<rows).map { elements[$0 * columns + column] } }
    return Self(floats: exchanged, shape: [columns, rows])
  }

  var shape: [Int] { tensorShape.dim.map { Int($0.size) } }

  /// The elements of a float32 tensor with raw content or one value for each element.
  var floats: [Float] {
    guard !tensorContent.isEmpty else { return floatVal }
    return tensorContent.withUnsafeBytes { bytes in
      (0..<(bytes.count / 4)).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }
}
