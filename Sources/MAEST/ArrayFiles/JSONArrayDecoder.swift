import Foundation
import MAESTTensor
import MAESTWeights

/// A file of arrays as written by ``JSONArrayEncoder``; `null` is read as NaN.
struct JSONArrayFile: Decodable {
  let arrays: [String: Stored]

  struct Stored: Decodable {
    let elementType: ArrayElementType
    let tensor: Tensor

    private enum CodingKeys: String, CodingKey {
      case dtype, shape, values
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      elementType = try container.decode(ArrayElementType.self, forKey: .dtype)
      let shape = try container.decode([Int].self, forKey: .shape)
      guard shape.count <= NumPyHeader.mostAxes,
        SafeTensorsFile.checkedByteCount(shape: shape, elementType: .float32) != nil
      else {
        throw DecodingError.dataCorruptedError(
          forKey: .shape, in: container, debugDescription: "no array can have shape \(shape)")
      }
      var elements: [Float] = []
      if shape.isEmpty {
        let isNull = try container.decodeNil(forKey: .values)
        elements.append(isNull ? .nan : try container.decode(Float.self, forKey: .values))
      } else {
        var list = try container.nestedUnkeyedContainer(forKey: .values)
        // An array without elements is written as a single empty list.
        try Self.read(&list, shape.contains(0) ? [0] : shape[...], &elements)
      }
      tensor = Tensor(shape: shape, elements: elements)
    }

    /// Reads nested lists, one level per axis.
    private static func read(
      _ list: inout any UnkeyedDecodingContainer, _ shape: ArraySlice<Int>, _ elements: inout [Float]
    ) throws {
      var count = 0
      while !list.isAtEnd {
        if shape.count > 1 {
          var inner = try list.nestedUnkeyedContainer()
          try read(&inner, shape.dropFirst(), &elements)
        } else {
          elements.append(try list.decodeNil() ? .nan : list.decode(Float.self))
        }
        count += 1
      }
      guard count == shape.first else {
        throw DecodingError.dataCorruptedError(
          in: list, debugDescription: "a list of \(count), expected \(shape.first ?? 0)")
      }
    }
  }

  /// The metadata object beside the arrays.
  struct Metadata<Facts: Decodable>: Decodable {
    let metadata: Facts?
  }

  /// A short description of a decoding error, with its coding path.
  static func reason(_ error: any Error) -> String {
    let context: DecodingError.Context
    switch error {
    case DecodingError.typeMismatch(_, let found), DecodingError.valueNotFound(_, let found),
      DecodingError.keyNotFound(_, let found), DecodingError.dataCorrupted(let found):
      context = found
    default: return "\(error)"
    }
    let place = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(
      separator: ".")
    return place.isEmpty ? context.debugDescription : "\(place): \(context.debugDescription)"
  }
}
