#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension SourceReader {
  /// Names of a graph's nodes: of a frozen TensorFlow graph in the order of the file, of any other source in
  /// alphabetical order.
  ///
  /// - Throws: ``ConversionError`` for a source that cannot be read or holds tensors only.
  package static func nodeNames(at path: String) throws(ConversionError) -> [String] {
    let graph = try graph(at: path)
    guard graph.format == frozenGraphFormat else {
      return Set(graph.graph.addressable.keys.map(NodeName.node)).sorted()
    }
    return try GraphDefReader.nodeNames(data(of: path), path: path)
  }
}

/// A value's name in a graph: `node` or `node:output`.
package enum NodeName {
  /// The node's part of a name.
  package static func node(_ name: String) -> String { parts(name)?.node ?? name }

  /// The node and the output, 0 where none is named; nil where what follows the colon is no number.
  package static func parts(_ name: String) -> (node: String, output: Int)? {
    guard let colon = name.lastIndex(of: ":") else { return (name, 0) }
    guard let output = Int(name[name.index(after: colon)...]) else { return nil }
    return (String(name[..<colon]), output)
  }
}
