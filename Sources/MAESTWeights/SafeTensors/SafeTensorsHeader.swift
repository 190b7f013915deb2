#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Element types of safetensors files.
package enum SafeTensorsElementType: String, Sendable, Codable, CaseIterable {
  case bool = "BOOL"
  case unsignedInteger8 = "U8"
  case integer8 = "I8"
  case integer16 = "I16"
  case unsignedInteger16 = "U16"
  case float16 = "F16"
  case brainFloat16 = "BF16"
  case integer32 = "I32"
  case unsignedInteger32 = "U32"
  case float32 = "F32"
  case float64 = "F64"
  case integer64 = "I64"
  case unsignedInteger64 = "U64"

  /// Bytes of one element.
  package var byteCount: Int {
    switch self {
    case .bool, .unsignedInteger8, .integer8: 1
    case .integer16, .unsignedInteger16, .float16, .brainFloat16: 2
    case .integer32, .unsignedInteger32, .float32: 4
    case .float64, .integer64, .unsignedInteger64: 8
    }
  }
}

/// One tensor of a safetensors file.
package struct SafeTensorsEntry: Sendable, Equatable {
  package let elementType: SafeTensorsElementType
  package let shape: [Int]
  /// Byte range within the file's data section.
  package let dataRange: Range<Int>

  package init(elementType: SafeTensorsElementType, shape: [Int], dataRange: Range<Int>) {
    self.elementType = elementType
    self.shape = shape
    self.dataRange = dataRange
  }
}

/// The JSON header of a safetensors file: metadata and a table of tensors.
package struct SafeTensorsHeader {
  package var metadata: [String: String] = [:]
  package var entries: [String: RawEntry] = [:]

  /// A tensor entry in the JSON, not yet validated.
  package struct RawEntry: Codable, Equatable {
    package var dtype: String
    package var shape: [Int]
    package var dataOffsets: [Int]

    package init(dtype: String, shape: [Int], dataOffsets: [Int]) {
      self.dtype = dtype
      self.shape = shape
      self.dataOffsets = dataOffsets
    }

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }
  }

  package init(metadata: [String: String] = [:]) { self.metadata = metadata }

  static let metadataKey = "__metadata__"
}

extension SafeTensorsHeader: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for key in container.allKeys {
      if key.stringValue == Self.metadataKey {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        entries[key.stringValue] = try container.decode(RawEntry.self, forKey: key)
      }
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(metadata, forKey: Key(stringValue: Self.metadataKey))
    for (name, entry) in entries { try container.encode(entry, forKey: Key(stringValue: name)) }
  }

  /// Decodes the JSON of a header.
  static func decode(_ json: Data) throws -> SafeTensorsHeader {
    try JSONDecoder().decode(SafeTensorsHeader.self, from: json)
  }

  /// A short description of a decoding error.
  static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "no JSON" }
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context):
      return "'\(context.codingPath.map(\.stringValue).joined(separator: "."))': \(context.debugDescription)"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "no JSON object of tensors" : context.debugDescription
    @unknown default: return "no JSON"
    }
  }
}

/// The tensor layout that this project writes in safetensors files.
package enum SafeTensorsLayout {
  /// Tensors start at multiples of this number of bytes.
  package static let alignment = 64
  /// The name prefix of the tensors that fill the gaps.
  package static let paddingPrefix = "padding."
}
