#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// This package's JSON encoding: sorted keys and unescaped slashes, so that equal values give equal bytes.
package enum SortedJSON {
  /// How property names are converted to keys.
  package enum Keys: Sendable {
    /// Property names unchanged.
    case unchanged
    /// `relativeError` becomes `relative_error`; dictionary keys are unchanged.
    case snakeCase
  }

  /// Encodes a value as JSON.
  ///
  /// - Parameters:
  ///   - keys: how property names are converted to keys.
  ///   - isIndented: whether to use several lines, for files that people read.
  /// - Throws: `EncodingError` for a number that is NaN or infinite.
  package static func data(
    _ value: some Encodable, keys: Keys = .unchanged, isIndented: Bool = false
  ) throws -> Data {
    let encoder = JSONEncoder()
    if keys == .snakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isIndented { encoder.outputFormatting.insert(.prettyPrinted) }
    return try encoder.encode(value)
  }

  /// Encodes a value as JSON text.
  package static func text(
    _ value: some Encodable, keys: Keys = .unchanged, isIndented: Bool = false
  ) throws -> String {
    String(decoding: try data(value, keys: keys, isIndented: isIndented), as: UTF8.self)
  }
}
