import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// Where windows lie, by the track's number of frames.
struct WindowPlacementTests {
  /// First frames of the windows of 316 frames.
  private func starts(_ selection: WindowSelection, frameCount: Int) throws -> [Int] {
    try windows(selection, frameCount: frameCount).map(\.lowerBound)
  }

  private func windows(_ selection: WindowSelection, frameCount: Int) throws -> [Range<Int>] {
    let layout = try WindowLayout(selection, patchSize: 316, configuration: .maest)
    let sampleCount = try MelSpectrogramConfiguration.maest.frameCutter.sampleCount(frameCount: frameCount)
    let cutter = try layout.cutter(trackSampleCount: sampleCount)
    return try cutter.patches(sampleCount: sampleCount).map(\.frames)
  }

  /// A track of one patch, one frame more, two patches, and one with fewer places than windows.
  static let evenEdges: [(frames: Int, count: Int, starts: [Int])] = [
    (316, 1, [0]), (316, 3, [0]), (317, 1, [0]), (317, 2, [0, 1]), (317, 9, [0, 1]), (318, 1, [1]),
    (632, 1, [158]), (632, 2, [0, 316]), (632, 3, [0, 158, 316]), (632, 4, [0, 105, 210, 316]),
    (320, 4, [0, 1, 2, 4]), (320, 5, [0, 1, 2, 3, 4]), (320, 1_000_000, [0, 1, 2, 3, 4]),
    (320, .max, [0, 1, 2, 3, 4]),
  ]

  @Test(arguments: evenEdges)
  func evenlySpacedAtTheEdges(edge: (frames: Int, count: Int, starts: [Int])) throws {
    #expect(try starts(.evenlySpaced(edge.count), frameCount: edge.frames) == edge.starts)
  }

  /// Against the formula in numbers that are small enough for it.
  @Test func evenlySpacedIsTheFormula() throws {
    var random = Generator(seed: 5)
    for _ in 0..<200 {
      let frameCount = Int.random(in: 316...20_000, using: &random)
      let count = Int.random(in: 2...40, using: &random)
      let found = try windows(.evenlySpaced(count), frameCount: frameCount)
      let n = min(count, frameCount - 316 + 1)
      let expected = n == 1 ? [0] : (0..<n).map { $0 * (frameCount - 316) / (n - 1) }
      #expect(found.map(\.lowerBound) == expected, "\(count) windows of \(frameCount) frames")
      #expect(found.last?.upperBound == frameCount || n == 1)
      #expect(found.allSatisfy { $0.count == 316 } && Set(found).count == found.count)
    }
  }

  static let placeEdges: [(frames: Int, places: [Double], starts: [Int])] = [
    (316, [0, 0.5, 1], [0]), (317, [0, 0.5, 1], [0, 1]), (632, [0, 0.5, 1], [0, 158, 316]),
    (632, [0.25], [0]), (632, [0.3], [31]), (632, [0.75, 0.3, 0.3], [31, 316]), (632, [-0.0], [0]),
    (10_000, [0.25, 0.5, 0.75], [2342, 4842, 7342]),
  ]

  @Test(arguments: placeEdges)
  func placesAreClamped(edge: (frames: Int, places: [Double], starts: [Int])) throws {
    #expect(try starts(.at(edge.places), frameCount: edge.frames) == edge.starts)
  }

  @Test func theMiddleIsTheMiddle() throws {
    for frameCount in 316..<700 {
      #expect(
        try windows(.at([0.5]), frameCount: frameCount) == windows(.evenlySpaced(1), frameCount: frameCount))
    }
  }

  @Test func shortTracksHaveNoneOrACycledOne() throws {
    for selection in [WindowSelection.evenlySpaced(3), .at([0.5])] {
      var selection = selection
      for mode in [LastPatchMode.discard, .end] {
        selection.lastPatchMode = mode
        #expect(
          throws: SignalError.tooShort(sampleCount: 32_000, neededSampleCount: 80_385, sampleRate: 16000)
        ) {
          try layout(selection).cutter(trackSampleCount: 32_000)
        }
        #expect(throws: SignalError.noSamples) {
          try layout(selection).cutter(trackSampleCount: 0)
        }
      }
      selection.lastPatchMode = .repeat
      #expect(try windows(selection, frameCount: 126) == [0..<126])
    }
  }

  private func layout(_ selection: WindowSelection) throws -> WindowLayout {
    try WindowLayout(selection, patchSize: 316, configuration: .maest)
  }

  @Test func hopsInSecondsAreFrames() throws {
    func hop(_ seconds: Double) throws -> Int { try layout(.everyHop(.seconds(seconds))).patches.hopSize }
    #expect(try hop(1) == 63 && hop(0.016) == 1 && hop(0.008) == 1 && hop(5) == 313 && hop(5.056) == 316)
    for seconds in [0.007, 0, -1, .nan, .infinity, 1e300] {
      let error = audioError { try hop(seconds) } as? SignalError
      #expect(error?.description.contains("0.016 s") == true, "\(seconds)")
    }
    #expect(throws: SignalError.hopLargerThanPatch(hop: 375, patchSize: 316)) { try hop(6) }
    #expect(try layout(.everyHop(.standard)).patches.hopSize == 313)
    #expect(try layout(.everyHop(.frames(0))).patches.hopSize == 316)
  }

  @Test func wrongSelectionsAreRefused() {
    func error(_ selection: WindowSelection) -> SignalError? {
      audioError { try layout(selection) } as? SignalError
    }
    #expect(error(.evenlySpaced(0)) == .invalidWindowCount(0))
    #expect(error(.at([])) == .noWindowPlaces)
    #expect(error(.at([0.5, 1.01])) == .invalidWindowPlace(1.01))
    #expect(error(.at([-0.01])) == .invalidWindowPlace(-0.01))
    #expect(error(.at([.nan]))?.description.contains("nan") == true)
    func rangeError(_ start: Double, _ end: Double?) -> SignalError? {
      error(.all.within(TimeRange(start: start, end: end)))
    }
    #expect(rangeError(-1, nil) == .invalidTimeRange(start: -1, end: nil))
    #expect(rangeError(2, 2) == .invalidTimeRange(start: 2, end: 2))
    #expect(rangeError(1, 1.00001) == .invalidTimeRange(start: 1, end: 1.00001))
    #expect(rangeError(0, .infinity) == .invalidTimeRange(start: 0, end: .infinity))
    #expect(rangeError(1e300, nil) == .invalidTimeRange(start: 1e300, end: nil))
    #expect(rangeError(0, nil) == nil && rangeError(1, 2) == nil)
  }

  @Test func rangesAreSamples() throws {
    let range = try layout(.all.within(TimeRange(start: 1.00001, end: 9.99999)))
    #expect(range.samples == 16_000..<160_000 && !range.needsLength && range.asksForLength)
    let open = try layout(.all.within(TimeRange(start: 2)))
    #expect(open.samples == 32_000..<Int.max && !open.asksForLength)
    #expect(throws: SignalError.rangeBeyondEnd(start: 1, end: 10, duration: 9.9999375)) {
      try range.cutter(trackSampleCount: 159_999)
    }
    #expect(throws: SignalError.rangeBeyondEnd(start: 2, end: nil, duration: 2)) {
      try open.cutter(trackSampleCount: 32_000)
    }
    #expect(try range.cutter(trackSampleCount: 160_000).patchCount(trackSampleCount: 160_000) == 1)
  }

  @Test func unknownLengthIsRefused() throws {
    #expect(throws: SignalError.unknownLength) { try layout(.evenlySpaced(2)).cutter(trackSampleCount: nil) }
    #expect(throws: SignalError.unknownLength) {
      try layout(.at([0.5]).within(TimeRange(start: 1, end: 20))).cutter(trackSampleCount: nil)
    }
    _ = try layout(.everyHop(.seconds(1), lastPatchMode: .end)).cutter(trackSampleCount: nil)
  }

  @Test func enormousTracksAreNoTrap() throws {
    let cutter = try layout(.evenlySpaced(100_000)).cutter(trackSampleCount: .max / 2)
    let frames = try cutter.patches(sampleCount: .max / 2).map(\.frames)
    #expect(frames.count == 100_000)
    #expect(frames.last?.upperBound == cutter.frameCutter.frameCount(sampleCount: .max / 2))
    #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.lowerBound < $1.lowerBound })
  }
}
