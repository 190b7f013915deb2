/// A checksum over all contents of a header, so that a damaged header is detected.
package enum HeaderChecksum {
  package static let key = "maest.header.sha256"

  /// Computes SHA-256 over the metadata (without the checksum itself) and the table of tensors, in sorted order.
  package static func compute(metadata: [String: String], entries: [String: SafeTensorsEntry]) -> String {
    var lines: [String] = []
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where key != Self.key {
      lines.append("\(key.utf8.count) \(key) \(value.utf8.count) \(value)")
    }
    for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
      lines.append("\(name) \(entry.elementType.rawValue) \(entry.shape) \(entry.dataRange)")
    }
    return SHA256.hash(lines.joined(separator: "\n").utf8)
  }
}
