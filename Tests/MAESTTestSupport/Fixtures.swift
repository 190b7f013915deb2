/// Files that the tests compare with. Each folder has a passport that says how they were made.
public enum Fixtures {
  /// The folder `Tests/Fixtures` of the repository.
  public static let folder: String = {
    let source = #filePath
    let suffix = "/MAESTTestSupport/Fixtures.swift"
    precondition(source.hasSuffix(suffix), "\(source) has moved")
    return source.dropLast(suffix.count) + "/Fixtures"
  }()

  /// Path of a fixture, given relative to the folder.
  public static func path(_ relative: String) -> String { folder + "/" + relative }
}
