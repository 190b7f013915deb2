import ArgumentParser
import MAEST

/// How windows become one: a word of the command line.
enum OverWindows: String, CaseIterable, ExpressibleByArgument {
  /// They do not: a vector each.
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

/// The option of `maest tag`.
struct TagWindowsOption: ParsableArguments {
  @Option(help: "How the windows' activations become one of the track: their mean or max. Default: mean.")
  var overWindows: WindowAggregation?

  @Option(help: .hidden)
  var overPatches: WindowAggregation?

  func validate() throws { try requireOneName(overWindows, overPatches) }

  var aggregation: WindowAggregation { overWindows ?? overPatches ?? .mean }
}

/// The option of `maest embed`.
struct EmbeddingWindowsOption: ParsableArguments {
  @Option(
    help: "How the windows' vectors become one: mean, max, or none, a vector each. Default: none.")
  var overWindows: OverWindows?

  @Option(help: .hidden)
  var overPatches: OverWindows?

  func validate() throws { try requireOneName(overWindows, overPatches) }

  var aggregation: WindowAggregation? { (overWindows ?? overPatches)?.aggregation }
}

/// The option of `maest annotate`, which makes both.
struct AnnotateWindowsOption: ParsableArguments {
  /// What of a track, and how.
  struct Choice: ExpressibleByArgument {
    enum Subject: String { case tags, embeddings }

    /// Nil: both.
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

  /// Nil: not named.
  var aggregationOfTags: WindowAggregation? { ofTags?.aggregation }

  var aggregationOfEmbeddings: WindowAggregation? { (overPatches ?? last(.embeddings))?.aggregation }

  /// Whether embeddings are named, so that they are asked for.
  var namesEmbeddings: Bool {
    (overPatches ?? .separate) != .separate
      || overWindows.contains { $0.subject == .embeddings && $0.overWindows != .separate }
  }
}

/// Fails where an option is given by both of its names.
private func requireOneName(_ option: (some Any)?, _ earlier: (some Any)?) throws {
  if option != nil, earlier != nil { throw ValidationError("--over-patches is --over-windows: give it once") }
}
