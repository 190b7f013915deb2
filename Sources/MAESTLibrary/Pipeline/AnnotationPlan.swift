/// Which tracks are to be analysed, and why, given what an output has already.
public struct AnnotationPlan: Sendable {
  /// Why a track is analysed.
  public enum Reason: String, Sendable, CaseIterable, Codable {
    /// There is no record of it.
    case new
    /// Its file is not as it was.
    case changed
    /// Its record was made with another model, another head or other settings.
    case otherSettings = "other_settings"
    /// It failed, and is to be tried again.
    case failedBefore = "failed_before"
    /// Everything is.
    case forced
  }

  /// What is analysed whatever the output has.
  public struct Repetition: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Tracks that failed.
    public static let failed = Repetition(rawValue: 1)
    /// All tracks.
    public static let all = Repetition(rawValue: 2)
  }

  /// In the order of the search.
  public private(set) var tracks: [Track] = []
  /// For each of ``tracks``, why.
  public private(set) var trackReasons: [Reason] = []
  /// How many for which reason.
  public var reasons: [Reason: Int] {
    trackReasons.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
  /// Tracks whose records are up to date.
  public private(set) var upToDateCount = 0
  /// Tracks that are done and whose files are not to be seen now: their records stay.
  public private(set) var goneTracks: [Track] = []
  /// Tracks that failed before, whose files and settings are the same, and which are left alone.
  public private(set) var failedEarlierCount = 0

  /// - Parameters:
  ///   - tracks: each once.
  ///   - output: what is there.
  ///   - settings: ``RecordProvenance/settings`` of the run.
  ///   - hashesContents: whether a file counts as changed by its contents, not by its time.
  /// - Throws: what the output throws.
  public init(
    _ tracks: [Track], given output: any RecordLookup, settings: String, hashesContents: Bool = false,
    repeating: Repetition = []
  ) throws {
    for track in tracks {
      let entry = try output.entry(ofTrack: track.path)
      let file = entry == nil ? nil : FileState(path: track.location, hashesContents: hashesContents)
      if file == nil, entry?.status == .done {
        goneTracks.append(track)
      } else if let reason = Self.reason(entry, file, settings, repeating) {
        self.tracks.append(track)
        trackReasons.append(reason)
      } else if entry?.status == .failed {
        failedEarlierCount += 1
      } else {
        upToDateCount += 1
      }
    }
  }

  /// Nil where the track is left alone.
  private static func reason(
    _ entry: RecordEntry?, _ file: FileState?, _ settings: String, _ repeating: Repetition
  ) -> Reason? {
    if repeating.contains(.all) { return .forced }
    guard let entry else { return .new }
    switch (file, entry.file) {
    case (nil, nil): break
    case (let file?, let recorded?) where file.isSame(as: recorded): break
    default: return .changed
    }
    if entry.settings != settings { return .otherSettings }
    return entry.status == .failed && repeating.contains(.failed) ? .failedBefore : nil
  }
}
