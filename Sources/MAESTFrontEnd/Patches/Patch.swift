/// One patch: a section of a signal that is one input of the network.
public struct Patch: Sendable, Hashable {
  /// Its number, from 0.
  public let index: Int

  /// Frames in the patch.
  public let patchSize: Int

  /// The frames in the patch: `patchSize` of them, or fewer, which are cycled. If a range of a track is analysed, its
  /// first frame is frame 0.
  public let frames: Range<Int>

  /// Start time in seconds from the track's beginning: the centre of its first frame.
  public let startTime: Double

  /// End time in seconds: one hop after the centre of its last frame (repetitions not counted), at most the end of the
  /// signal (of the range), at least `startTime`.
  public let endTime: Double

  package init(index: Int, patchSize: Int, frames: Range<Int>, startTime: Double, endTime: Double) {
    (self.index, self.patchSize, self.frames) = (index, patchSize, frames)
    (self.startTime, self.endTime) = (startTime, endTime)
  }

  /// Whether its frames are cycled to fill it.
  public var isRepeated: Bool { frames.count < patchSize }

  /// The frame of the signal at a position in the patch.
  ///
  /// - Parameter position: from 0 to below `patchSize`.
  public func frame(at position: Int) -> Int {
    precondition(position >= 0 && position < patchSize, "frame \(position) of \(patchSize)")
    return frames.lowerBound + position % frames.count
  }
}
