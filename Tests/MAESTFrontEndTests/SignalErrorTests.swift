import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// Messages say what was found, what was expected and what to do.
struct SignalErrorTests {
  static let expectations: [(SignalError, [String])] = [
    (.noSamples, ["no samples"]),
    (.nonFiniteSample(index: 16, time: 0.5), ["16", "0.5", "NaN"]),
    (.sampleOutOfRange(index: 16, time: 0.5, value: 2e12, limit: 1e12), ["16", "0.5", "2e+12", "1e+12"]),
    (.invalidChannelCount(0), ["0 channels", "1 to 1024"]),
    (.unsupportedSampleRates(from: 3, to: 16000), ["3 Hz", "16000 Hz", "256"]),
    (.resamplingFailed(message: "why"), ["why"]),
    (.sampleRateMismatch(found: 44100, expected: 16000), ["44100", "16000"]),
    (.wrongFrameLength(found: 3, expected: 512), ["3", "512"]),
    (.invalidConfiguration(parameter: "hopLength", found: "0", expected: "1"), ["hopLength", "0", "1"]),
    (
      .tooShort(sampleCount: 32000, neededSampleCount: 80385, sampleRate: 16000),
      ["32000", "80385", "2.0 s", "5.024 s", "repetition"]
    ),
    (.invalidPatchSize(0), ["0", "1 to 1048576"]),
    (.invalidPatchHop(-1), ["-1", "0"]),
    (.hopLargerThanPatch(hop: 317, patchSize: 316), ["317", "316"]),
    (.invalidHopTime(0.001, frameTime: 0.016), ["0.001 s", "0.016 s"]),
    (.invalidWindowCount(-2), ["-2 windows", "at least 1"]),
    (.noWindowPlaces, ["no window positions"]),
    (.invalidWindowPlace(1.5), ["1.5", "from 0", "to 1"]),
    (.invalidTimeRange(start: 3, end: 2), ["3.0 s", "2.0 s"]),
    (.invalidTimeRange(start: -1, end: nil), ["-1.0 s", "the end"]),
    (.rangeBeyondEnd(start: 3, end: 20, duration: 12.5), ["3.0 s to 20.0 s", "12.5 s long"]),
    (.rangeBeyondEnd(start: 13, end: nil, duration: 12.5), ["13.0 s to the end", "12.5 s long"]),
    (.unknownLength, ["length", "by hop"]),
    (.lengthChanged(found: 7, expected: 9), ["9 samples", "and 7"]),
  ]

  @Test(arguments: expectations)
  func messageNamesNumbersAndRemedy(error: SignalError, words: [String]) {
    for word in words { #expect(error.description.contains(word)) }
    #expect(!error.description.contains("  "))
  }

  @Test func codesAreTheNamesOfTheCases() {
    for (error, _) in Self.expectations { #expect(error.code == caseName(error)) }
    #expect(Set(Self.expectations.map(\.0.code)).count == 21)
  }

  /// The name that reflection sees of cases with a payload; of the others, the description does.
  private func caseName(_ error: SignalError) -> String {
    if let label = Mirror(reflecting: error).children.first?.label { return label }
    return switch error {
    case .noSamples: "noSamples"
    case .noWindowPlaces: "noWindowPlaces"
    default: "unknownLength"
    }
  }
}
