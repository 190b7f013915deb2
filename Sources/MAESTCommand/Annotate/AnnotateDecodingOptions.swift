import ArgumentParser
import MAEST

/// Options for how the files of a library are decoded.
struct AnnotateDecodingOptions: ParsableArguments {
  @Option(
    help: """
      keep: use what can be decoded of a damaged file; its record is partial and says what is missing. refuse: such a \
      file fails. Default: keep.
      """)
  var damaged: Damaged = .keep

  @Option(
    help: """
      How channels become one: mean of all; itu (the weights of ITU-R BS.775, for surround sound); left; right. \
      Default: as in the records that are there, else mean.
      """)
  var downmix: Channels?

  enum Damaged: String, CaseIterable, ExpressibleByArgument {
    case keep, refuse

    /// It is no part of a recipe: records that are done are the same under both policies, and only `keep` makes partial
    /// ones, which say so themselves.
    var policy: DamagePolicy {
      switch self {
      case .keep: .keep
      case .refuse: .refuse
      }
    }
  }

  enum Channels: String, CaseIterable, ExpressibleByArgument {
    case mean, itu, left, right

    var downmix: Downmix {
      switch self {
      case .mean: .mix
      case .itu: .itu
      case .left: .left
      case .right: .right
      }
    }
  }
}
