extension Patch: Codable {
  private enum CodingKeys: String, CodingKey {
    case index, frames
    case patchSize = "patch_size"
    case startTime = "start_time"
    case endTime = "end_time"
  }

  /// Reads `{"index": 0, "patch_size": 1876, "frames": [0, 1876], "start_time": 0, "end_time": 30.016}`.
  ///
  /// - Throws: `DecodingError` for frames that are not a patch of this size.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      index: try container.decode(Int.self, forKey: .index),
      patchSize: try container.decode(Int.self, forKey: .patchSize),
      frames: try container.decode(Range<Int>.self, forKey: .frames),
      startTime: try container.decode(Double.self, forKey: .startTime),
      endTime: try container.decode(Double.self, forKey: .endTime))
    let (length, overflow) = frames.upperBound.subtractingReportingOverflow(frames.lowerBound)
    guard frames.lowerBound >= 0, !overflow, length >= 1, length <= patchSize else {
      throw DecodingError.dataCorruptedError(
        forKey: .frames, in: container, debugDescription: "frames \(frames) of a patch of \(patchSize) frames"
      )
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(index, forKey: .index)
    try container.encode(patchSize, forKey: .patchSize)
    try container.encode(frames, forKey: .frames)
    try container.encode(startTime, forKey: .startTime)
    try container.encode(endTime, forKey: .endTime)
  }
}
