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
    case unusedConstant = "constants or tensors that no output depends on"
    /// It saves or restores variables.
    case checkpoint = "operations that save or restore variables"
    /// It only checks something, or only orders other operations.
    case control = "assertions and operations without results"
    /// The condition before it is known, and chooses the other branch.
    case branchNotTaken = "branches not taken"
    /// An operation of no output of the network.
    case otherOutput = "operations that no output of the network depends on"
  }

  /// In the order of the forward pass.
  public var parts: [Part]
  public var ignored: [Ignored]
  /// Nodes that are worked out beforehand: shapes, conditions, small constants.
  public var foldedNodeCount: Int
}
