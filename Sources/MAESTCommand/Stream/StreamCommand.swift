import ArgumentParser
import MAEST

struct StreamCommand: AsyncParsableCommand, QuietableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stream",
    abstract: "Print the music styles of a signal from standard input while it plays.",
    discussion: """
      Reads a WAV stream, which may still be growing, or raw samples. Each patch gives one line of JSON as soon as
      its last samples are in: {patch, model, precision, start, end, tags}, times in seconds from the stream's beginning.
      Memory does not grow with the stream.

      At the end of the input the last patches follow. Ctrl-C (SIGINT) or SIGTERM ends the stream in the same way;
      a second one stops at once.

      Examples:
        ffmpeg -i https://radio.example/stream -f s16le -ar 16000 -ac 1 - | maest stream --format s16le
        arecord -f cd -t wav | maest stream --top 3
        sox track.flac -t wav - | maest stream --hop-seconds 1.5 | jq -r '.tags[0].label'

      Exit codes: 0 the stream has ended or was interrupted; 1 failed; 2 the output cannot be written; 64 the command \
      line is wrong.
      """)

  /// Format of standard input.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case wav, f32le, s16le, s24le, s32le

    /// Format of raw samples; nil for WAV, which has a header.
    var samples: PCMFormat? { PCMFormat(rawValue: rawValue) }
  }

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var hopOptions: HopOptions
  @OptionGroup var headOptions: HeadOptions
  @OptionGroup var selectionOptions: SelectionOptions

  @Option(help: "wav, or raw samples: f32le, s16le, s24le or s32le.")
  var format: Format = .wav

  @Option(help: "Samples in a second of raw samples. Default: the model's rate, 16000.")
  var rate: Int?

  @Option(help: "Channels of raw samples. Default: 1.")
  var channels: Int?

  @Option(
    parsing: .unconditional, help: "Patches whose lines are printed together; -1 or 0: all, at the end.")
  var batch = 1

  @Flag(help: "Every label's activation and logit instead of tags.")
  var all = false

  @OptionGroup var quietOption: QuietOption

  func validate() throws {
    if format == .wav, rate != nil || channels != nil {
      throw ValidationError("--rate and --channels belong to raw samples; a WAV stream says them itself")
    }
    if let rate, rate < 1 { throw ValidationError("--rate \(rate): at least 1 is needed") }
    if let channels, channels < 1 { throw ValidationError("--channels \(channels): at least 1 is needed") }
    if batch < -1 { throw ValidationError("--batch \(batch): -1 or more is needed") }
  }

  func run() async throws {
    do {
      let (model, head) = (try modelOptions.load(), try headOptions.load(modelOptions.engine))
      let interruption = try Interruption()
      do { try await printPatches(model, head, until: interruption) } catch {
        guard interruption.hasHappened, let place = error.placeOfInterruption else { throw error }
        StandardError.note("interrupted before \(place)")
      }
    } catch {
      report(error)
      throw ExitCode(error)
    }
  }

  private func printPatches(
    _ model: MAESTModel, _ head: ClassificationHeadModel?, until interruption: Interruption
  ) async throws {
    let source = SignalSource(
      input: StandardInput(interruption: interruption), format: format.samples,
      sampleRate: rate ?? model.sampleRate, channelCount: channels ?? 1,
      outputRate: model.sampleRate)
    let selection = TagSelection(selectionOptions)
    let labels = head?.labels ?? model.labels
    let facts = AnalysisSource(model, head: head)
    var batches = LineBatches(size: batch)
    do {
      for try await result in try model.analyses(of: source, hopOptions.request([.logits]), head: head) {
        var record =
          all ? PatchRecord(everyValueOf: result) : PatchRecord(tagsOf: result, selection, labels: labels)
        record.patch = result.patch.index
        if all { record.labels = labels }
        try batches.add(try jsonLine(JSONUnion(facts, record)))
      }
    } catch {
      // Print the results obtained before the failure.
      try batches.flush()
      throw error
    }
    try batches.flush()
  }
}

/// Collects lines and prints them in batches.
private struct LineBatches {
  /// Lines per batch; -1 or 0 to print all lines at the end.
  let size: Int
  private var lines: [String] = []

  init(size: Int) { self.size = size }

  mutating func add(_ line: String) throws {
    lines.append(line)
    if size > 0, lines.count >= size { try flush() }
  }

  mutating func flush() throws {
    if !lines.isEmpty { try printNow(lines.joined(separator: "\n")) }
    lines = []
  }
}

extension Error {
  /// Says what had not happened yet when a signal ended the input; nil unless the error is due to the early end.
  fileprivate var placeOfInterruption: String? {
    switch self as any Error {
    case SignalError.rangeBeyondEnd: "the range had ended"
    case SignalError.tooShort, SignalError.noSamples, AudioError.wavHeaderCutShort: "the first patch was full"
    default: nil
    }
  }
}
