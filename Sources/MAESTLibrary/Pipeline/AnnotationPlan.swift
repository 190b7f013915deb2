/// Selects the tracks to analyse by comparing them with the existing records of an output, and gives the reason for
/// each.
public struct AnnotationPlan: Sendable {
  /// Why a track is analysed.
  public enum Reason: String, Sendable, CaseIterable, Codable {
    /// The track has no record.
    case new
    /// The contents of the file have changed, or what a CUE sheet says of the track.
    case changed
    /// The record lacks values, which are added to it.
    case incomplete
    /// The track's record was made with another model, another head or other settings.
    case otherSettings = "other_settings"
    /// The track failed before, and the run repeats failed tracks.
    case failedBefore = "failed_before"
    /// Sound of the track was missing before, and the run repeats partial tracks.
    case partialBefore = "partial_before"
    /// All tracks are repeated.
    case forced
  }

  /// Which recorded tracks to analyse again.
  public struct Repetition: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Tracks that failed.
    public static let failed = Repetition(rawValue: 1)
    /// All tracks.
    public static let all = Repetition(rawValue: 2)
    /// Tracks whose annotations were made with other settings. By default these tracks are skipped.
    public static let otherSettings = Repetition(rawValue: 4)
    /// Tracks of which sound was missing.
    public static let partial = Repetition(rawValue: 8)
  }

  /// A track to analyse.
  public struct Item: Sendable, Hashable {
    public var track: Track
    public var reason: Reason
    /// What to add to the record; nil: make a new record.
    public var part: RecipePart?
  }

  /// In the order of the search.
  public private(set) var items: [Item] = []
  /// The tracks of ``items``.
  public var tracks: [Track] { items.map(\.track) }
  /// Number of items for each reason.
  public var reasons: [Reason: Int] { items.reduce(into: [:]) { $0[$1.reason, default: 0] += 1 } }
  /// Tracks whose records are up to date, and how many of them are partial.
  public private(set) var upToDateCount = 0
  public private(set) var partialEarlierCount = 0
  /// Annotated tracks whose files are now missing. Their records are kept.
  public private(set) var missingTracks: [Track] = []
  /// Number of skipped tracks that failed before, with the same file and settings.
  public private(set) var failedEarlierCount = 0
  /// Number of skipped tracks whose annotations have other settings.
  public private(set) var otherSettingsCount = 0
  /// Tracks that are not analysed but whose records are updated: with the file state, if only the modification time
  /// changed; with the digest of the contents; or with the recipe, if an earlier version did not record it.
  public private(set) var refreshed: [(track: Track, file: FileState)] = []

  /// Number of new and changed tracks that the run compares with records whose files are gone or have changed. Those
  /// that sound the same were moved or retagged: their numbers are kept. 0 if there are no such records.
  public var recognizableCount: Int { knownSounds.candidateCount }
  private(set) var knownSounds = KnownSounds()

  private let provenance: RecordProvenance
  /// Whether records with the settings of the run lack a recipe.
  private let lacksRecipe: Bool
  private let hashesContents: Bool
  /// Which recorded tracks to analyse again.
  let repetition: Repetition

  /// - Parameters:
  ///   - tracks: without duplicates.
  ///   - output: the existing records.
  ///   - provenance: of the run.
  ///   - hashesContents: whether to compare the contents even if size and time are equal to the recorded ones. If only
  ///     the time differs, the contents are always compared if the record has a digest.
  ///   - repeating: which recorded tracks to analyse again.
  ///   - root: the folder that recorded paths are relative to; nil: they are absolute.
  /// - Throws: errors of the output.
  public init(
    _ tracks: [Track], given output: any RecordLookup, provenance: RecordProvenance,
    hashesContents: Bool = false, repeating: Repetition = [], root: String? = nil
  ) throws {
    self.provenance = provenance
    self.hashesContents = hashesContents
    repetition = repeating
    let groups = try output.provenances()
    lacksRecipe = groups.contains {
      $0.provenance.settings == provenance.settings && $0.provenance.recipe == nil
    }
    let known = Dictionary(
      groups.map {
        ($0.provenance.settings, $0.provenance.filledIn(from: RecordRecipe.usual))
      }, uniquingKeysWith: { $1 })
    for track in tracks {
      guard let entry = try output.entry(ofTrack: track.path) else {
        items.append(Item(track: track, reason: .new))
        continue
      }
      decide(track, entry, known[entry.settings])
    }
    try findKnownSounds(tracks, in: output, root: root)
  }

  /// Finds the records that new and changed tracks may be recognised by.
  private mutating func findKnownSounds(
    _ tracks: [Track], in output: any RecordLookup, root: String?
  ) throws {
    let candidates = items.filter { $0.reason == .new || $0.reason == .changed }.map(\.track)
    guard !candidates.isEmpty else { return }
    for track in candidates { knownSounds.addCandidate(track) }
    let present = Set(tracks.map { TrackKey($0.path) })
    var paths = items.filter { $0.reason == .changed }.map(\.track.path)
    try output.forEachTrack { path in
      if !present.contains(TrackKey(path)), RecordedFile.isMissing(path, root: root) { paths.append(path) }
    }
    for path in paths.sorted(by: { TrackKey($0) < TrackKey($1) }) {
      guard let entry = try output.entry(ofTrack: path), entry.settings == provenance.settings else {
        continue
      }
      knownSounds.add(entry, ofTrack: path)
    }
  }

  /// The items grouped by what to compute. Items that are added to existing records come first.
  var groups: [(part: RecipePart?, items: [Item])] {
    var groups: [(part: RecipePart?, items: [Item])] = []
    for item in items {
      if let index = groups.firstIndex(where: { $0.part == item.part }) {
        groups[index].items.append(item)
      } else {
        groups.append((item.part, [item]))
      }
    }
    return groups.filter { $0.part != nil } + groups.filter { $0.part == nil }
  }

  private mutating func decide(_ track: Track, _ entry: RecordEntry, _ made: RecordProvenance?) {
    let file = currentState(track, entry.file)
    if file == nil, entry.status.isAnnotated {
      missingTracks.append(track)
    } else if repetition.contains(.all) {
      items.append(Item(track: track, reason: .forced))
    } else if !Self.isSame(file, entry.file) || entry.cue != track.cue {
      items.append(Item(track: track, reason: .changed))
    } else if let item = item(track, entry, made) {
      items.append(item)
    } else if let file, file != entry.file || lacksRecipe && entry.settings == provenance.settings {
      refreshed.append((track, file))
    }
  }

  /// Nil if the track is skipped; counts the skipped track.
  private mutating func item(_ track: Track, _ entry: RecordEntry, _ made: RecordProvenance?) -> Item? {
    let triesAgain = repetition.contains(.failed)
    switch entry.status {
    case .failed where entry.settings != provenance.settings:
      return Item(track: track, reason: .otherSettings)
    case .failed:
      if triesAgain { return Item(track: track, reason: .failedBefore) }
      failedEarlierCount += 1
      return nil
    case .partial where entry.settings == provenance.settings:
      if repetition.contains(.partial) { return Item(track: track, reason: .partialBefore) }
      upToDateCount += 1
      partialEarlierCount += 1
      return nil
    case .done where entry.settings == provenance.settings:
      upToDateCount += 1
      return nil
    case .done, .partial:
      if entry.failedSettings == provenance.settings, !triesAgain {
        failedEarlierCount += 1
        return nil
      }
      if let part = made.flatMap({ provenance.part(missingIn: $0) }) {
        return Item(track: track, reason: .incomplete, part: part)
      }
      if repetition.contains(.otherSettings) { return Item(track: track, reason: .otherSettings) }
      otherSettingsCount += 1
      return nil
    }
  }

  /// The state of a track's file, with the digest of its contents if it is needed to decide.
  private func currentState(_ track: Track, _ recorded: FileState?) -> FileState? {
    guard let file = FileState(path: track.location, hashesContents: false) else { return nil }
    guard let recorded, file.byteCount == recorded.byteCount else { return file }
    let looksSame = file.looksLike(recorded)
    if looksSame && !hashesContents {
      var file = file
      file.sha256 = recorded.sha256
      return file
    }
    guard looksSame || recorded.sha256 != nil else { return file }
    return FileState(path: track.location, hashesContents: true)
  }

  private static func isSame(_ file: FileState?, _ recorded: FileState?) -> Bool {
    switch (file, recorded) {
    case (nil, nil): true
    case (let file?, let recorded?): file.hasContents(of: recorded) == true
    case (nil, _?), (_?, nil): false
    }
  }
}
