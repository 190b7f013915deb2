/// What a conversion recognised, where in the source it stands, and what it left aside.
public struct ConversionExplanation: Sendable, Equatable, Codable {
  /// One part of the network.
  public struct Part: Sendable, Equatable, Codable {
    /// Which part: "block 3, queries".
    public var name: String
    /// What is special in how the source writes it: "part 1 of 3 of a fused layer"; empty for nothing.
    public var form: String
    /// The graph's nodes that give the part's results; none where the source has tensors only.
    public var nodes: [String]
    /// The constants or tensors that the part's parameters are made of.
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

  /// Something in the source that is no part of the network.
  public struct Ignored: Sendable, Equatable, Codable {
    public var name: String
    /// The graph's operation; "tensor" where the source has tensors only.
    public var operation: String
    public var reason: Reason
  }

  /// Why something is no part of the network.
  public enum Reason: String, Sendable, Codable, CaseIterable {
    /// A constant or tensor that no output depends on.
    case unusedConstant
    /// It saves or restores variables.
    case checkpoint
    /// It only checks something, or only orders other operations.
    case control
    /// The condition before it is known, and chooses the other branch.
    case branchNotTaken
    /// An operation that no output of the network depends on.
    case otherOutput
  }

  /// In the order of the forward pass.
  public var parts: [Part]
  public var ignored: [Ignored]
  /// Nodes that are worked out beforehand: shapes, conditions, small constants.
  public var foldedNodeCount: Int

  /// Names of the constants or tensors that no output depends on.
  public var unusedConstants: [String] {
    ignored.filter { $0.reason == .unusedConstant }.map(\.name).sorted()
  }
}

extension ConversionExplanation.Reason: CustomStringConvertible {
  /// What they are, as a heading of a list.
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
