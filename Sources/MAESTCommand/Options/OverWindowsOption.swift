import ArgumentParser
import MAEST

/// How the values of all windows are aggregated: a value of `--over-windows`.
enum OverWindows: String, CaseIterable, ExpressibleByArgument {
  /// No aggregation: one vector per window.
  case separate = "none"
  case mean, max

  var aggregation: WindowAggregation? {
    switch self {
    case .separate: nil
    case .mean: .mean
    case .max: .max
    }
  }
}

/// `--over-windows` of `maest tag`.
struct TagWindowsOption: ParsableArguments {
  @Option(help: "How the windows' activations become one of the track: their mean or max. Default: mean.")
  var overWindows: WindowAggregation?

  @Option(help: .hidden)
  var overPatches: WindowAggregation?

  func validate() throws { try requireOneName(overWindows, overPatches) }

  var aggregation: WindowAggregation { overWindows ?? overPatches ?? .mean }
}

/// `--over-windows` of `maest embed`.
struct EmbeddingWindowsOption: ParsableArguments {
  @Option(
    help: "How the windows' vectors become one: mean, max, or none, a vector each. Default: none.")
  var overWindows: OverWindows?

  @Option(help: .hidden)
  var overPatches: OverWindows?

  func validate() throws { try requireOneName(overWindows, overPatches) }

  var aggregation: WindowAggregation? { (overWindows ?? overPatches)?.aggregation }
}

/// `--over-windows` of `maest annotate`, for tags and embeddings.
struct AnnotateWindowsOption: ParsableArguments {
  /// An aggregation, and what it applies to.
  struct Choice: ExpressibleByArgument {
    enum Subject: String { case tags, embeddings }

    /// Nil for both tags and embeddings.
    let subject: Subject?
    let overWindows: OverWindows

    init?(argument: String) {
      let parts = argument.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      subject = parts.count == 2 ? Subject(rawValue: parts[0]) : nil
      guard let last = parts.last, let choice = OverWindows(rawValue: last),
        parts.count == 1 || parts.count == 2 && subject != nil
      else { return nil }
      overWindows = choice
    }
  }

  @Option(
    help: """
      How windows become one of the track: mean or max, of tags and embeddings alike; tags=max, embeddings=mean or \
      embeddings=none (a vector each) of one of them. May be repeated. Default: tags mean, embeddings none.
      """)
  var overWindows: [Choice] = []

  @Option(help: .hidden)
  var overPatches: OverWindows?

  func validate() throws {
    if ofTags == .separate {
      throw ValidationError("--over-windows none is of embeddings: embeddings=none; tags are mean or max")
    }
  }

  private func last(_ subject: Choice.Subject) -> OverWindows? {
    let own = overWindows.last { $0.subject == subject } ?? overWindows.last { $0.subject == nil }
    return own?.overWindows
  }

  private var ofTags: OverWindows? { last(.tags) }

  /// Nil if not given.
  var aggregationOfTags: WindowAggregation? { ofTags?.aggregation }

  var aggregationOfEmbeddings: WindowAggregation? { (overPatches ?? last(.embeddings))?.aggregation }

  /// Whether an aggregation of embeddings is given, which requests embeddings.
  var namesEmbeddings: Bool {
    (overPatches ?? .separate) != .separate
      || overWindows.contains { $0.subject == .embeddings && $0.overWindows != .separate }
  }
}

/// Throws if an option is given by both its current and its earlier name.
private func requireOneName(_ option: (some Any)?, _ earlier: (some Any)?) throws {
  if option != nil, earlier != nil { throw ValidationError("--over-patches is --over-windows: give it once") }
}
