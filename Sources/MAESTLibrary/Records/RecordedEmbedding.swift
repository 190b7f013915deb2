public import MAESTTensor

/// An embedding in a record: its values, or the name of the file that contains them.
public struct RecordedEmbedding: Sendable, Equatable {
  public var shape: [Int]
  /// Row-major; empty if the values are in ``file``.
  public var values: [Float]
  /// Path of a `.npy` file, relative to the folder of the record.
  public var file: String?

  public init(shape: [Int], values: [Float], file: String? = nil) {
    self.shape = shape
    self.values = values
    self.file = file
  }

  public init(_ tensor: Tensor) { self.init(shape: tensor.shape, values: tensor.elements) }
}

/// `{"shape": [2, 64], "values": [[...], [...]]}`, or `{"file": NAME, "shape": [2, 64]}`.
extension RecordedEmbedding: Codable {
  enum CodingKeys: String, CodingKey {
    case shape, values, file
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(shape, forKey: .shape)
    if let file { return try container.encode(file, forKey: .file) }
    var list = container.nestedUnkeyedContainer(forKey: .values)
    try Self.encode(values[...], shape[...], into: &list)
  }

  /// - Parameter shape: shape of the row-major values, at least one axis.
  private static func encode(
    _ values: ArraySlice<Float>, _ shape: ArraySlice<Int>, into list: inout any UnkeyedEncodingContainer
  ) throws {
    guard shape.count > 1, let rowCount = shape.first else {
      for value in values { try list.encode(value) }
      return
    }
    let rowLength = rowCount == 0 ? 0 : values.count / rowCount
    for row in 0..<rowCount {
      var inner = list.nestedUnkeyedContainer()
      let start = values.startIndex + row * rowLength
      try encode(values[start..<start + rowLength], shape.dropFirst(), into: &inner)
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let shape = try container.decode([Int].self, forKey: .shape)
    let file = try container.decodeIfPresent(String.self, forKey: .file)
    var values: [Float] = []
    if file == nil {
      var list = try container.nestedUnkeyedContainer(forKey: .values)
      try Self.decode(&list, shape[...], into: &values)
    }
    self.init(shape: shape, values: values, file: file)
    guard file != nil || isFilled else {
      throw DecodingError.dataCorruptedError(
        forKey: .values, in: container, debugDescription: "\(values.count) values for the shape \(shape)")
    }
  }

  private static func decode(
    _ list: inout any UnkeyedDecodingContainer, _ shape: ArraySlice<Int>, into values: inout [Float]
  ) throws {
    var count = 0
    while !list.isAtEnd {
      if shape.count > 1 {
        var inner = try list.nestedUnkeyedContainer()
        try decode(&inner, shape.dropFirst(), into: &values)
      } else {
        values.append(try list.decode(Float.self))
      }
      count += 1
    }
    let expected = shape.first ?? 1
    guard count == expected else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: list.codingPath, debugDescription: "\(count) in a list of \(expected)"))
    }
  }
}

extension RecordedEmbedding {
  /// Whether the number of values matches the shape. Only the first axis may be empty (no patches).
  var isFilled: Bool {
    var count = 1
    for (axis, size) in shape.enumerated() {
      let product = count.multipliedReportingOverflow(by: size)
      guard size > 0 || (axis == 0 && size == 0), !product.overflow else { return false }
      count = product.partialValue
    }
    return values.count == count
  }
}
