public import Foundation
import MAEST
import MAESTFiles
import MAESTWeights

/// One object, its keys in order: `path`, `status`, `cue`; `size`, `modified_ns`, `sha256` of the file; `engine`, `model`,
/// `model_sha256`, `head`, `head_sha256`, `precision`, `settings`, `recipe`; `duration`, `sample_rate`, `channels`,
/// `format`, `decoder`, `patch_count`, `warnings`, `lost_seconds`, `sound_sha256` of the audio; `patches`, `tags`,
/// `embeddings`, `curve`, `heads`; `error`, `later_error`. Missing values and empty warnings are omitted.
extension TrackRecord: Codable {
  enum CodingKeys: String, CodingKey {
    case path, status, size, sha256, patches, tags, embeddings, curve, heads, error, duration
    case warnings, cue
    case modified = "modified_ns"
    case lostSeconds = "lost_seconds"
    case soundSHA256 = "sound_sha256"
    case laterError = "later_error"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(path, forKey: .path)
    try container.encode(status, forKey: .status)
    try container.encodeIfPresent(cue, forKey: .cue)
    try container.encodeIfPresent(file?.byteCount, forKey: .size)
    try container.encodeIfPresent(file?.modifiedNanoseconds, forKey: .modified)
    try container.encodeIfPresent(file?.sha256, forKey: .sha256)
    try provenance.encode(to: encoder)
    try audio?.encode(to: encoder)
    if !warnings.isEmpty { try container.encode(warnings, forKey: .warnings) }
    try container.encodeIfPresent(lostSeconds, forKey: .lostSeconds)
    try container.encodeIfPresent(soundSHA256, forKey: .soundSHA256)
    try container.encodeIfPresent(patches, forKey: .patches)
    try container.encodeIfPresent(tags, forKey: .tags)
    try container.encodeIfPresent(embeddings, forKey: .embeddings)
    try container.encodeIfPresent(curve, forKey: .curve)
    try container.encodeIfPresent(heads, forKey: .heads)
    try container.encodeIfPresent(error, forKey: .error)
    try container.encodeIfPresent(laterError, forKey: .laterError)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      path: try container.decode(String.self, forKey: .path),
      status: try container.decode(Status.self, forKey: .status), file: try FileState(in: container),
      provenance: try RecordProvenance(from: decoder))
    audio = container.contains(.duration) ? try AudioFacts(from: decoder) : nil
    cue = try container.decodeIfPresent(CueTrack.self, forKey: .cue)
    warnings = try container.decodeIfPresent([AudioWarning].self, forKey: .warnings) ?? []
    lostSeconds = try container.decodeIfPresent(Double.self, forKey: .lostSeconds)
    soundSHA256 = try container.decodeIfPresent(String.self, forKey: .soundSHA256)
    patches = try container.decodeIfPresent([PatchSpan].self, forKey: .patches)
    tags = try container.decodeIfPresent([RecordedTag].self, forKey: .tags)
    embeddings = try container.decodeIfPresent([String: RecordedEmbedding].self, forKey: .embeddings)
    curve = try container.decodeIfPresent(RecordedCurve.self, forKey: .curve)
    heads = try container.decodeIfPresent([String: RecordedHead].self, forKey: .heads)
    error = try container.decodeIfPresent(TrackError.self, forKey: .error)
    laterError = try container.decodeIfPresent(LaterError.self, forKey: .laterError)
  }
}

extension FileState {
  /// Decodes the file state; nil if the record has none.
  init?(in container: KeyedDecodingContainer<TrackRecord.CodingKeys>) throws {
    guard let size = try container.decodeIfPresent(Int.self, forKey: .size) else { return nil }
    self.init(
      byteCount: size, modifiedNanoseconds: try container.decode(Int.self, forKey: .modified),
      sha256: try container.decodeIfPresent(String.self, forKey: .sha256))
  }
}

/// `{"stage", "code", "message", "settings"}`.
extension LaterError: Codable {
  private enum CodingKeys: String, CodingKey {
    case settings
  }

  public func encode(to encoder: any Encoder) throws {
    try error.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(settings, forKey: .settings)
  }

  public init(from decoder: any Decoder) throws {
    self.init(
      error: try TrackError(from: decoder),
      settings: try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .settings))
  }
}

extension TrackRecord {
  /// The record as one line of JSON, without the line end. Equal records give equal bytes.
  public func jsonLine() throws -> Data { try SortedJSON.data(self) }

  /// ``jsonLine()`` with the line end.
  func endedJSONLine() throws -> Data { try jsonLine() + Data("\n".utf8) }

  /// Decodes a line made by ``jsonLine()``.
  public init(jsonLine: Data) throws {
    self = try JSONDecoder().decode(TrackRecord.self, from: jsonLine)
  }
}
