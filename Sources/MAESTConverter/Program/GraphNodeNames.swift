#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension SourceReader {
  /// Returns the names of a graph's nodes: file order for a frozen TensorFlow graph, alphabetical order for any other
  /// source.
  ///
  /// - Throws: ``ConversionError`` if the source cannot be read or holds only tensors.
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
  /// Returns the node part of a name.
  package static func node(_ name: String) -> String { parts(name)?.node ?? name }

  /// Returns the node and the output index (0 if none is given); nil if the text after the colon is not a number.
  package static func parts(_ name: String) -> (node: String, output: Int)? {
    guard let colon = name.lastIndex(of: ":") else { return (name, 0) }
    guard let output = Int(name[name.index(after: colon)...]) else { return nil }
    return (String(name[..<colon]), output)
  }
}
