extension Tensor: Codable {
  private enum CodingKeys: String, CodingKey {
    case shape, elements
  }

  /// Reads `{"shape": [2, 3], "elements": [...]}`.
  ///
  /// - Throws: `DecodingError` if the elements do not fill the shape.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let shape = try container.decode([Int].self, forKey: .shape)
    let elements = try container.decode([Float].self, forKey: .elements)
    // Lengths from outside: their product may overflow.
    let count = shape.reduce(1 as Int?) { product, length in
      guard let product, length >= 0 else { return nil }
      let (result, overflow) = product.multipliedReportingOverflow(by: length)
      return overflow ? nil : result
    }
    guard count == elements.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .elements, in: container,
        debugDescription: "\(elements.count) elements do not fill the shape \(shape)")
    }
    self.init(shape: shape, elements: elements)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(shape, forKey: .shape)
    try container.encode(elements, forKey: .elements)
  }
}

extension Tensor: CustomStringConvertible {
  /// "[2, 400]: 0.1, 0.2, 0.3, ...": the shape and the first elements.
  public var description: String {
    let first = elements.prefix(6).map { "\($0)" }.joined(separator: ", ")
    return "\(shape): \(first)\(count > 6 ? ", ..." : "")"
  }
}
