/// Counts of a merge.
public struct MergeSummary: Sendable, Equatable, Encodable {
  public struct Input: Sendable, Equatable, Encodable {
    public var path: String
    public var format: RecordFileFormat
    /// Records in the input.
    public var recordCount: Int
    /// Input records that are kept in the output.
    public var keptCount: Int
    /// Line number of an incomplete last line; this line is skipped.
    public var cutLine: Int?

    enum CodingKeys: String, CodingKey {
      case path, format
      case recordCount = "records"
      case keptCount = "kept"
      case cutLine = "cut_line"
    }
  }

  public var output: String
  /// Tracks in the output; the counts below say how many are done, partial and failed.
  public var trackCount: Int
  public var doneCount: Int
  public var partialCount: Int
  public var failedCount: Int
  /// Number of duplicates: records that are equal to another record.
  public var duplicateCount: Int
  /// Number of records that were replaced by a preferred record of the same track.
  public var replacedCount: Int
  /// Records that were skipped because they have another precision than the requested one.
  public var leftOutCount: Int
  public var inputs: [Input]

  enum CodingKeys: String, CodingKey {
    case output, inputs
    case trackCount = "tracks"
    case doneCount = "done"
    case partialCount = "partial"
    case failedCount = "failed"
    case duplicateCount = "duplicates"
    case replacedCount = "replaced"
    case leftOutCount = "left_out"
  }
}
