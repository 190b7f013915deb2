import MAEST

/// `{"tags": {"top", "threshold", "over_windows", "curve"}, "embeddings": [NAME], "windows": {...}, "heads": [{"name",
/// "sha256"}], "downmix", "resampling", "audio_stream"}`. `windows` contains at most one of `hop_frames`,
/// `hop_seconds`, `evenly_spaced` and `at` (none: the model's own hop), and `last_patch`, `start`, `end`. Values that
/// were not asked for are omitted, and so is the first audio stream.
extension RecordRecipe: Codable {
  private enum CodingKeys: String, CodingKey {
    case tags, embeddings, windows, heads, downmix, resampling
    case audioStream = "audio_stream"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(settings.tags.map(RecordedTags.init), forKey: .tags)
    if !settings.embeddings.isEmpty {
      try container.encode(settings.embeddings.map(\.name), forKey: .embeddings)
    }
    try container.encode(RecordedWindows(settings.windows), forKey: .windows)
    if !addedHeads.isEmpty { try container.encode(addedHeads, forKey: .heads) }
    try container.encode(downmix, forKey: .downmix)
    try container.encode(resampling, forKey: .resampling)
    try container.encodeIfPresent(settings.laterAudioStream, forKey: .audioStream)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let names = try container.decodeIfPresent([String].self, forKey: .embeddings) ?? []
    let kinds = try names.map { name in
      guard let kind = EmbeddingKind(name: name) else {
        throw DecodingError.dataCorruptedError(
          forKey: .embeddings, in: container, debugDescription: "\(name) is no embedding")
      }
      return kind
    }
    let audioStream = try container.decodeIfPresent(Int.self, forKey: .audioStream) ?? 1
    guard audioStream >= 1 else {
      throw DecodingError.dataCorruptedError(
        forKey: .audioStream, in: container, debugDescription: "audio stream \(audioStream), counted from 1")
    }
    let settings = AnnotationSettings(
      tags: try container.decodeIfPresent(RecordedTags.self, forKey: .tags)?.tags, embeddings: kinds,
      windows: try container.decode(RecordedWindows.self, forKey: .windows).selection,
      audioStream: audioStream)
    self.init(
      settings: settings,
      addedHeads: try container.decodeIfPresent([HeadIdentity].self, forKey: .heads) ?? [],
      downmix: try container.decode(String.self, forKey: .downmix),
      resampling: try container.decode(String.self, forKey: .resampling))
  }
}

private struct RecordedTags: Codable {
  var top: Int
  var threshold: Float
  var aggregation: String
  var curve: Bool

  enum CodingKeys: String, CodingKey {
    case top, threshold, curve
    case aggregation = "over_windows"
  }

  init(_ tags: AnnotationSettings.Tags) {
    (top, threshold, aggregation, curve) = (
      tags.count, tags.threshold, tags.aggregation.rawValue, tags.hasCurve
    )
  }

  var tags: AnnotationSettings.Tags {
    get throws {
      guard top >= 1, threshold.isFinite else {
        throw DecodingError.dataCorrupted(
          DecodingError.Context(codingPath: [], debugDescription: "\(top) labels from \(threshold) on"))
      }
      return AnnotationSettings.Tags(
        count: top, threshold: threshold, aggregation: try known(aggregation, "over_windows"), hasCurve: curve
      )
    }
  }
}

private struct RecordedWindows: Codable {
  var hopFrames: Int?
  var hopSeconds: Double?
  var evenlySpaced: Int?
  var at: [Double]?
  var lastPatch: String
  var start: Double?
  var end: Double?

  enum CodingKeys: String, CodingKey {
    case at, start, end
    case hopFrames = "hop_frames"
    case hopSeconds = "hop_seconds"
    case evenlySpaced = "evenly_spaced"
    case lastPatch = "last_patch"
  }

  init(_ windows: WindowSelection) {
    switch windows.placement {
    case .everyHop(.standard): break
    case .everyHop(.frames(let count)): hopFrames = count
    case .everyHop(.seconds(let seconds)): hopSeconds = seconds
    case .evenlySpaced(let count): evenlySpaced = count
    case .at(let places): at = places
    }
    lastPatch = windows.lastPatchMode.rawValue
    start = windows.range?.start
    end = windows.range?.end
  }

  var selection: WindowSelection {
    get throws {
      let placement: WindowSelection.Placement =
        if let hopFrames {
          .everyHop(.frames(hopFrames))
        } else if let hopSeconds {
          .everyHop(.seconds(hopSeconds))
        } else if let evenlySpaced {
          .evenlySpaced(evenlySpaced)
        } else if let at {
          .at(at)
        } else {
          .everyHop(.standard)
        }
      return WindowSelection(
        placement, lastPatchMode: try known(lastPatch, "last_patch"),
        range: start.map { TimeRange(start: $0, end: end) })
    }
  }
}

/// Returns the case with the given name.
///
/// - Parameter key: the key of the value, for errors.
private func known<Choice: RawRepresentable<String>>(_ name: String, _ key: String) throws -> Choice {
  guard let choice = Choice(rawValue: name) else {
    throw DecodingError.dataCorrupted(
      DecodingError.Context(codingPath: [], debugDescription: "\(key) \(name) is not known"))
  }
  return choice
}
