extension WindowSelection.Placement {
  /// The first frames of the chosen windows, sorted and distinct.
  ///
  /// - Parameter lastStart: the last frame at which a window may begin, at least 0.
  /// - Returns: nil for windows at every hop.
  func starts(lastStart: Int, patchSize: Int) -> [Int]? {
    switch self {
    case .everyHop: nil
    case .evenlySpaced(let count): Self.evenlySpaced(count, lastStart: lastStart)
    case .at(let places):
      Set(places.map { Self.start(at: $0, lastStart: lastStart, patchSize: patchSize) }).sorted()
    }
  }

  private static func evenlySpaced(_ count: Int, lastStart: Int) -> [Int] {
    let stepCount = min(count - 1, lastStart)
    guard stepCount > 0 else { return [lastStart / 2] }
    return (0...stepCount).map { stepCount.dividingFullWidth(lastStart.multipliedFullWidth(by: $0)).quotient }
  }

  private static func start(at place: Double, lastStart: Int, patchSize: Int) -> Int {
    let frameCount = Double(lastStart) + Double(patchSize)
    let start = (place * frameCount - Double(patchSize) / 2).rounded(.down)
    return Int(exactly: min(max(0, start), Double(lastStart))) ?? lastStart
  }

  /// - Throws: `SignalError.invalidWindowCount`, `.noWindowPlaces`, `.invalidWindowPlace`.
  func validate() throws(SignalError) {
    switch self {
    case .everyHop: break
    case .evenlySpaced(let count):
      guard count >= 1 else { throw .invalidWindowCount(count) }
    case .at(let places):
      guard !places.isEmpty else { throw .noWindowPlaces }
      for place in places where !(0...1).contains(place) { throw .invalidWindowPlace(place) }
    }
  }
}

extension WindowSelection.Hop {
  /// The hop in frames; nil for that of the published model.
  ///
  /// - Throws: `SignalError.invalidHopTime` for less than half a frame, or a value too large to count.
  func frameCount(_ configuration: MelSpectrogramConfiguration) throws(SignalError) -> Int? {
    switch self {
    case .standard: return nil
    case .frames(let count): return count
    case .seconds(let seconds):
      let frameTime = configuration.secondsPerFrame
      guard let count = Int(exactly: (seconds / frameTime).rounded()), count >= 1 else {
        throw .invalidHopTime(seconds, frameTime: frameTime)
      }
      return count
    }
  }
}
