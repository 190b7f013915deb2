/// How to treat the frames left over after the last full patch.
public enum LastPatchMode: String, Sendable, CaseIterable {
  /// Drops them. A signal shorter than one patch gives no patch.
  case discard

  /// Cycles them, starting with the first, to fill one more patch.
  case `repeat`

  /// Adds one more patch that ends with the signal's last frame. It overlaps the one before, and nothing is repeated. A
  /// signal shorter than one patch gives no patch.
  case end
}
