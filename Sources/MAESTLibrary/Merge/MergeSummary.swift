/// What a merge did.
public struct MergeSummary: Sendable, Equatable, Encodable {
  public struct Input: Sendable, Equatable, Encodable {
    public var path: String
    public var format: RecordFileFormat
    /// Records in it.
    public var recordCount: Int
    /// Records of it in the output.
    public var keptCount: Int
    /// The number of a last line that was cut off and is left out.
    public var cutLine: Int?

    enum CodingKeys: String, CodingKey {
      case path, format
      case recordCount = "records"
      case keptCount = "kept"
      case cutLine = "cut_line"
    }
  }

  public var output: String
  /// Tracks in the output, and how many of them are done or failed.
  public var trackCount: Int
  public var doneCount: Int
  public var failedCount: Int
  /// Records that were there twice, value for value.
  public var duplicateCount: Int
  /// Records that another of the same track took the place of.
  public var replacedCount: Int
  /// Records of another precision than the one asked for.
  public var leftOutCount: Int
  public var inputs: [Input]

  enum CodingKeys: String, CodingKey {
    case output, inputs
    case trackCount = "tracks"
    case doneCount = "done"
    case failedCount = "failed"
    case duplicateCount = "duplicates"
    case replacedCount = "replaced"
    case leftOutCount = "left_out"
  }
}
