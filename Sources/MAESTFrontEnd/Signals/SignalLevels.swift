/// What a listener would notice about a signal: silence, channels that cancel each other, clipping.
package struct SignalLevels: Sendable {
  package init() {}

  /// The warnings for all samples so far.
  package var warnings: [AudioWarning] { [] }

  /// Adds the next frames.
  ///
  /// - Parameters:
  ///   - interleaved: `[frame, channel]`.
  ///   - mono: `[frame]`, the mix of them.
  mutating func add(
    _ interleaved: ArraySlice<Float>, mono: ArraySlice<Float>, channelCount: Int, sampleRate: Int
  ) {}
}
