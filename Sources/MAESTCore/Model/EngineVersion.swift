/// The version of this engine.
public enum EngineVersion {
  public static let current = "0.1.0"
}
