/// The parts that a conversion recognised, their places in the source, and the nodes that it ignored.
public struct ConversionExplanation: Sendable, Equatable, Codable {
  /// One part of the network.
  public struct Part: Sendable, Equatable, Codable {
    /// Name of the part, such as "block 3, queries".
    public var name: String
    /// Special form of the part in the source, such as "part 1 of 3 of a fused layer"; empty if there is none.
    public var form: String
    /// The graph's nodes that compute the part's results; empty if the source has only tensors.
    public var nodes: [String]
    /// The constants or tensors from which the part's parameters are made.
    public var constants: [Constant]
    /// The parameters' names in the weight file.
    public var parameters: [String]
  }

  /// A constant of a graph, or a tensor of a file.
  public struct Constant: Sendable, Equatable, Codable {
    public var name: String
    public var shape: [Int]

    package init(name: String, shape: [Int]) {
      self.name = name
      self.shape = shape
    }
  }

  /// Something in the source that is not part of the network.
  public struct Ignored: Sendable, Equatable, Codable {
    public var name: String
    /// The graph's operation; "tensor" if the source has only tensors.
    public var operation: String
    public var reason: Reason
  }

  /// The reason why something is not part of the network.
  public enum Reason: String, Sendable, Codable, CaseIterable {
    /// A constant or tensor that no output depends on.
    case unusedConstant
    /// An operation that saves or restores variables.
    case checkpoint
    /// An operation that only checks something or only orders other operations.
    case control
    /// An operation on a branch that is not taken, because its condition is a known constant.
    case branchNotTaken
    /// An operation that no output of the network depends on.
    case otherOutput
  }

  /// In the order of the forward pass.
  public var parts: [Part]
  public var ignored: [Ignored]
  /// Number of nodes evaluated during folding: shapes, conditions, small constants.
  public var foldedNodeCount: Int

  /// Names of the constants or tensors that no output depends on.
  public var unusedConstants: [String] {
    ignored.filter { $0.reason == .unusedConstant }.map(\.name).sorted()
  }
}

extension ConversionExplanation.Reason: CustomStringConvertible {
  /// The reason in words, as the heading of a list.
  public var description: String {
    switch self {
    case .unusedConstant: "constants or tensors that no output depends on"
    case .checkpoint: "operations that save or restore variables"
    case .control: "assertions and operations that only order others"
    case .branchNotTaken: "operations on branches that are not taken"
    case .otherOutput: "operations that no output of the network depends on"
    }
  }
}
