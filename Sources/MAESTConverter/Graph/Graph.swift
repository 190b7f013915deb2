/// A graph without function calls: nodes in topological order, whatever the source format.
///
/// Operation names and attributes are those of TensorFlow; readers of other formats translate to them.
package struct Graph: Sendable {
  package var nodes: [Node]
  /// Names that a user of the file can request, with the values that they denote.
  package var addressable: [String: Value]
  /// Information for messages, such as the number of nodes in the file and of functions called.
  package var summary: String

  package init(nodes: [Node], addressable: [String: Value], summary: String) {
    self.nodes = nodes
    self.addressable = addressable
    self.summary = summary
  }

  subscript(value: Value) -> Node { nodes[value.node] }
}

/// One output of a node.
package struct Value: Hashable, Sendable {
  package var node: Int
  package var output: Int

  package init(node: Int, output: Int = 0) {
    self.node = node
    self.output = output
  }
}

/// One operation.
package struct Node: Sendable {
  /// Name in the file, prefixed with the names of the enclosing calls.
  package var name: String
  package var operation: String
  /// Data inputs; control inputs are dropped.
  package var inputs: [Value]
  package var attributes: [String: Attribute]
  /// The source format's name of the operation that this node is a part of; nil in TensorFlow graphs.
  var sourceOperation: String?

  package init(name: String, operation: String, inputs: [Value], attributes: [String: Attribute]) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.attributes = attributes
  }
}

/// An attribute of a node.
package enum Attribute: Sendable {
  case integer(Int)
  case float(Float)
  case boolean(Bool)
  case string(String)
  case type(ElementType)
  /// A nil shape means unknown rank; a nil size means unknown size.
  case shape([Int?]?)
  case tensor(ConstantTensor)
  case integers([Int])
  case other

  var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  var float: Float? { if case .float(let value) = self { value } else { nil } }
  var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  var string: String? { if case .string(let value) = self { value } else { nil } }
  var type: ElementType? { if case .type(let value) = self { value } else { nil } }
  var integers: [Int]? { if case .integers(let value) = self { value } else { nil } }
  var tensor: ConstantTensor? { if case .tensor(let value) = self { value } else { nil } }
}

extension Node {
  func flag(_ name: String) -> Bool { attributes[name]?.boolean ?? false }
  func integer(_ name: String, default value: Int) -> Int { attributes[name]?.integer ?? value }
}
