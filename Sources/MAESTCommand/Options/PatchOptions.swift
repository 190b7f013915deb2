import ArgumentParser
import MAEST
import MAESTEssentia

/// Options for the positions of windows that do not depend on the track's length. Each window gives one patch.
struct HopOptions: ParsableArguments {
  @Option(
    help: "Mel frames (16 ms each) between the starts of windows; 0: no overlap. Default: the model's own.")
  var hop: Int?

  @Option(help: "Seconds between the starts of windows, to the nearest mel frame, instead of --hop.")
  var hopSeconds: Double?

  @Option(
    help: """
      Use only the track from this time on (seconds, m:ss or h:mm:ss), as if it were cut there. Printed times stay \
      those of the track.
      """)
  var start: TimeArgument?

  @Option(help: "Use only the track up to this time.")
  var end: TimeArgument?

  @Option(
    help:
      "Mel frames in a patch, and so in a window. Default: the model's own, the only number that it takes.")
  var patchSize: Int?

  @Option(
    help: """
      What to do with audio after the last whole window: discard it; repeat it until it fills a patch; or take one \
      more window that ends with the track and overlaps the one before (end). Default: discard.
      """)
  var lastPatch: LastPatchMode?

  func validate() throws {
    if let hop, hop < 0 { throw ValidationError("--hop \(hop): 0 or more frames are needed") }
    if let hopSeconds, !(hopSeconds > 0) || hopSeconds.isInfinite {
      throw ValidationError("--hop-seconds \(hopSeconds): a time above 0 is needed")
    }
    if let patchSize, patchSize < 1 {
      throw ValidationError("--patch-size \(patchSize): at least 1 frame is needed")
    }
    if let end, end.seconds <= start?.seconds ?? 0 {
      throw ValidationError(
        "--end \(end.text) is not after \(start.map { "--start \($0.text)" } ?? "the beginning")")
    }
    try requireOne(placingOptions)
  }

  /// The given options that set the positions of windows.
  var placingOptions: [String] {
    given(["--hop": hop != nil, "--hop-seconds": hopSeconds != nil])
  }

  /// Whether only a part of the track is requested.
  var isRange: Bool { start != nil || end != nil }

  func request(_ taps: Set<Tap>) -> AnalysisRequest {
    AnalysisRequest(taps: taps, patchSize: patchSize, windows: selection(placement))
  }

  fileprivate func selection(_ placement: WindowSelection.Placement) -> WindowSelection {
    WindowSelection(
      placement, lastPatchMode: lastPatch ?? .discard,
      range: isRange ? TimeRange(start: start?.seconds ?? 0, end: end?.seconds) : nil)
  }

  fileprivate var placement: WindowSelection.Placement {
    if let hopSeconds { return .everyHop(.seconds(hopSeconds)) }
    return .everyHop(hop.map(WindowSelection.Hop.frames) ?? .standard)
  }
}

/// Throws if more than one of these options is given.
func requireOne(_ options: [String]) throws {
  if options.count > 1 { throw ValidationError("\(options.joined(separator: " and ")): choose one") }
}

/// The names of the options that are given.
func given(_ options: KeyValuePairs<String, Bool>) -> [String] { options.filter(\.value).map(\.key) }

/// Options for the positions of the windows of a track. Each window gives one patch.
struct PatchOptions: ParsableArguments {
  @OptionGroup var hopOptions: HopOptions

  @Option(
    help: """
      Number of windows, evenly spaced over the track, from its very start to its very end; 1: the middle. A short \
      track has fewer. Each window gives the patch that the model is fed.
      """)
  var windows: Int?

  @Option(
    help: "Windows centred on these places of the track, in per cent (25,50,75), moved to lie inside it.")
  var at: PercentList?

  func validate() throws {
    if let windows, windows < 1 { throw ValidationError("--windows \(windows): at least 1 is needed") }
    if let place = at?.percents.first(where: { !(0...100).contains($0) }) {
      throw ValidationError("--at \(place): from 0 to 100 per cent")
    }
    try requireOne(placingOptions)
    if hopOptions.lastPatch == .end, let option = lengthOption {
      throw ValidationError("--last-patch end and \(option): \(option) leaves nothing over")
    }
  }

  var patchSize: Int? { hopOptions.patchSize }
  var hop: Int? { hopOptions.hop }

  private var placingOptions: [String] {
    hopOptions.placingOptions + given(["--windows": windows != nil, "--at": at != nil])
  }

  /// The given option that sets the positions of windows, if any.
  var placingOption: String? { placingOptions.first }

  /// The given option whose windows depend on the track's length, if any.
  private var lengthOption: String? { windows != nil ? "--windows" : at != nil ? "--at" : nil }

  /// The first given option that has no counterpart in Essentia.
  var ownOption: String? {
    if hopOptions.lastPatch == .end { return "--last-patch end" }
    return lengthOption
      ?? given([
        "--hop-seconds": hopOptions.hopSeconds != nil, "--start": hopOptions.start != nil,
        "--end": hopOptions.end != nil,
      ]).first
  }

  /// The mode for Essentia's algorithm; `end` has been refused before.
  var essentiaMode: TensorflowPredictMAEST.LastPatchMode {
    hopOptions.lastPatch == .repeat ? .repeat : .discard
  }

  func request(_ taps: Set<Tap>) -> AnalysisRequest {
    AnalysisRequest(taps: taps, patchSize: patchSize, windows: hopOptions.selection(placement))
  }

  /// Whether any option for windows is given.
  var isUsed: Bool { placingOption != nil || hopOptions.isRange || hopOptions.lastPatch != nil }

  /// Whether only chosen windows or a part of the track are requested.
  var isPartial: Bool { lengthOption != nil || hopOptions.isRange }

  private var placement: WindowSelection.Placement {
    if let windows { return .evenlySpaced(windows) }
    if let at { return .at(at.percents.map { $0 / 100 }) }
    return hopOptions.placement
  }
}

/// Comma-separated numbers.
struct PercentList: ExpressibleByArgument {
  let percents: [Double]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    percents = parts.compactMap { Double($0.trimmingPrefix(" ")) }
    guard percents.count == parts.count else { return nil }
  }
}

/// A time as seconds (90, 90.5), minutes (1:30) or hours (1:02:30.25).
struct TimeArgument: ExpressibleByArgument {
  let text: String
  let seconds: Double

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count), parts.allSatisfy({ $0.allSatisfy { "0123456789.".contains($0) } }),
      let last = parts.last.flatMap({ Double($0) }), last.isFinite
    else { return nil }
    let higher = parts.dropLast().compactMap { Int($0) }
    guard higher.count == parts.count - 1, higher.dropFirst().allSatisfy({ $0 < 60 }),
      higher.isEmpty || last < 60
    else { return nil }
    text = argument
    seconds = higher.reduce(0) { ($0 + Double($1)) * 60 } + last
  }
}
