public import ArgumentParser
public import MAEST

/// Options for how audio files are decoded.
struct DecodingOptions: ParsableArguments {
  @OptionGroup var streamOption: AudioStreamOption

  @Option(
    help: """
      What to do with a file of which a part cannot be decoded: keep what can be, and say in a warning what is missing; \
      or refuse it with an error.
      """)
  var damaged: DamagePolicy = .keep

  @Option(
    help: """
      How several channels become one: mean; itu (the weights of ITU-R BS.775 for surround sound); left or right, one \
      channel alone.
      """)
  var downmix: Downmix = .mix

  /// The loader with these options, at the default sample rate.
  var loader: AudioLoader {
    AudioLoader(downmix: downmix, audioStream: streamOption.audioStream ?? 1, damaged: damaged)
  }
}

/// The option for files with several audio streams.
struct AudioStreamOption: ParsableArguments {
  @Option(
    help: """
      Which audio stream of the file, counted from 1: 1 is ffmpeg's 0:a:0. What is decoded without ffmpeg has one.
      """)
  var audioStream: Int?

  func validate() throws {
    if let audioStream, audioStream < 1 {
      throw ValidationError("--audio-stream \(audioStream): streams are counted from 1")
    }
  }
}

extension DamagePolicy: ExpressibleByArgument {}

extension Downmix: ExpressibleByArgument {
  /// - Parameter argument: the case's name; `mean` is ``mix``.
  public init?(argument: String) {
    self.init(rawValue: argument == "mean" ? Downmix.mix.rawValue : argument)
  }

  /// The name of the case in help and messages.
  public var defaultValueDescription: String { self == .mix ? "mean" : rawValue }

  /// The names in help, messages and shell completion.
  public static var allValueStrings: [String] { allCases.map(\.defaultValueDescription) }
}
