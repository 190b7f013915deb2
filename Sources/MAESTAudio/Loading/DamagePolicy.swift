/// What to do with a file of which a part cannot be decoded.
public enum DamagePolicy: String, Sendable, CaseIterable {
  /// Use what can be decoded, and say in warnings what is missing. A file of which less than half can be decoded is an
  /// error.
  case keep

  /// Refuse the file with an error.
  case refuse
}
