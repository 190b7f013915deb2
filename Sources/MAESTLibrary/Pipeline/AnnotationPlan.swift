/// Which tracks are to be analysed, and why, given what an output has already.
public struct AnnotationPlan: Sendable {
  /// Why a track is analysed.
  public enum Reason: String, Sendable, CaseIterable, Codable {
    /// There is no record of it.
    case new
    /// Its file has other contents.
    case changed
    /// Its record lacks something, which is added to it.
    case incomplete
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
    /// Tracks with annotations by other settings, which are left alone otherwise.
    public static let otherSettings = Repetition(rawValue: 4)
  }

  /// A track to be analysed.
  public struct Item: Sendable, Hashable {
    public var track: Track
    public var reason: Reason
    /// What is added to its record; nil: its record is made anew.
    public var part: RecipePart?
  }

  /// In the order of the search.
  public private(set) var items: [Item] = []
  /// Those of ``items``.
  public var tracks: [Track] { items.map(\.track) }
  /// How many for which reason.
  public var reasons: [Reason: Int] { items.reduce(into: [:]) { $0[$1.reason, default: 0] += 1 } }
  /// Tracks whose records are up to date.
  public private(set) var upToDateCount = 0
  /// Tracks that are done and whose files are missing now: their records stay.
  public private(set) var missingTracks: [Track] = []
  /// Tracks that failed before, whose files and settings are the same, and which are left alone.
  public private(set) var failedEarlierCount = 0
  /// Tracks with annotations by other settings, which are left alone.
  public private(set) var otherSettingsCount = 0
  /// Tracks whose records only take what they lack: the state of a file that was touched and has the same contents, the
  /// digest of its contents, the recipe that an earlier version did not record.
  public private(set) var refreshed: [(track: Track, file: FileState)] = []

  private let provenance: RecordProvenance
  /// Whether records with the settings of the run do not say their recipe.
  private let lacksRecipe: Bool
  private let hashesContents: Bool
  /// What is analysed whatever the output has.
  let repetition: Repetition

  /// - Parameters:
  ///   - tracks: each once.
  ///   - output: what is there.
  ///   - provenance: of the run.
  ///   - hashesContents: whether contents are compared where size and time are as recorded, too. Where only the time
  ///     differs they always are, if the record has a digest of them.
  ///   - repeating: what is analysed again although it is recorded.
  /// - Throws: what the output throws.
  public init(
    _ tracks: [Track], given output: any RecordLookup, provenance: RecordProvenance,
    hashesContents: Bool = false, repeating: Repetition = []
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
  }

  /// The items by what is computed of them, those that lack something first.
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
    if file == nil, entry.status == .done {
      missingTracks.append(track)
    } else if repetition.contains(.all) {
      items.append(Item(track: track, reason: .forced))
    } else if !Self.isSame(file, entry.file) {
      items.append(Item(track: track, reason: .changed))
    } else if let item = item(track, entry, made) {
      items.append(item)
    } else if let file, file != entry.file || lacksRecipe && entry.settings == provenance.settings {
      refreshed.append((track, file))
    }
  }

  /// Nil where the track is left alone, which is counted.
  private mutating func item(_ track: Track, _ entry: RecordEntry, _ made: RecordProvenance?) -> Item? {
    let triesAgain = repetition.contains(.failed)
    switch entry.status {
    case .failed where entry.settings != provenance.settings:
      return Item(track: track, reason: .otherSettings)
    case .failed:
      if triesAgain { return Item(track: track, reason: .failedBefore) }
      failedEarlierCount += 1
      return nil
    case .done:
      if entry.settings == provenance.settings {
        upToDateCount += 1
        return nil
      }
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

  /// The state of a track's file, with the digest of its contents where that decides.
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
