import ArgumentParser
import MAEST

struct FrontEndCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "frontend",
    abstract: "Time the front end: samples to mel bands.",
    discussion: """
      Examples:
        maest-bench frontend
        maest-bench frontend --seconds 60 --rounds 20 --json
        maest-bench frontend --audio track.wav
      """)

  @OptionGroup var timing: TimingOptions

  @Option(help: "Length of the seeded noise that is analysed, in seconds.")
  var seconds = 300

  @Option(help: "An audio file in place of the noise, decoded before.", completion: .file())
  var audio: String?

  func validate() throws {
    if !(1...36000).contains(seconds) { throw ValidationError("--seconds \(seconds): from 1 to 36000") }
  }

  func run() throws {
    try attempt {
      let extractor = try MelSpectrogramExtractor()
      let signal = try makeSignal(sampleRate: extractor.configuration.sampleRate)
      let cases = [
        BenchmarkCase(name: "whole signal", threadCount: 1) { _ = try extractor.spectrogram(of: signal) },
        BenchmarkCase(name: "in pieces of 1 s, to 30 s patches", threadCount: 1) {
          try Self.stream(signal, through: extractor)
        },
      ]
      let facts = [(name: "audio", value: signal.duration.fixed(1) + " s")]
      let report = BenchReport(facts: facts, measurements: try timing.measure(cases))
      try report.write(json: timing.json)
    }
  }

  private func makeSignal(sampleRate: Int) throws -> AudioSignal {
    if let audio { return try AudioLoader(sampleRate: sampleRate).load(audio) }
    return AudioSignal(samples: noise(seconds * sampleRate, seed: 1), sampleRate: sampleRate)
  }

  private static func stream(_ signal: AudioSignal, through extractor: MelSpectrogramExtractor) throws {
    var stream = PatchStream(
      layout: try PatchLayout(patchSize: 1876, lastPatchMode: .repeat), extractor: extractor)
    for start in stride(from: 0, to: signal.samples.count, by: signal.sampleRate) {
      let end = min(start + signal.sampleRate, signal.samples.count)
      stream.add(signal.samples[start..<end])
      while try stream.next() != nil {}
    }
    stream.end()
    while try stream.next() != nil {}
  }
}
