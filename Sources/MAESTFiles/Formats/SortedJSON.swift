#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// JSON as this package writes it: sorted keys and plain slashes, so that equal values give equal bytes.
package enum SortedJSON {
  /// How keys are written.
  package enum Keys: Sendable {
    /// As the value names them.
    case unchanged
    /// `relativeError` becomes `relative_error`; the keys of dictionaries stay.
    case snakeCase
  }

  /// A value as JSON.
  ///
  /// - Parameters:
  ///   - keys: how property names become keys.
  ///   - isIndented: over several lines, for files that people read.
  /// - Throws: `EncodingError`, for a number that is NaN or infinite.
  package static func data(
    _ value: some Encodable, keys: Keys = .unchanged, isIndented: Bool = false
  ) throws -> Data {
    let encoder = JSONEncoder()
    if keys == .snakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isIndented { encoder.outputFormatting.insert(.prettyPrinted) }
    return try encoder.encode(value)
  }

  /// The same as text.
  package static func text(
    _ value: some Encodable, keys: Keys = .unchanged, isIndented: Bool = false
  ) throws -> String {
    String(decoding: try data(value, keys: keys, isIndented: isIndented), as: UTF8.self)
  }
}
