/// One patch: a stretch of a signal that the network sees at once.
public struct Patch: Sendable, Hashable {
  /// Its number, from 0.
  public let index: Int

  /// Frames in the patch.
  public let patchSize: Int

  /// The frames that it is made of: `patchSize` of them, or fewer, which are cycled. Where a range of a track is
  /// analysed, its first frame is frame 0.
  public let frames: Range<Int>

  /// Where it begins, in seconds from the track's beginning: the centre of its first frame.
  public let startTime: Double

  /// Where it ends, in seconds: one hop after the centre of its last frame of its own (not cycled), at
  /// most the end of the signal (of the range), at least its start.
  public let endTime: Double

  package init(index: Int, patchSize: Int, frames: Range<Int>, startTime: Double, endTime: Double) {
    (self.index, self.patchSize, self.frames) = (index, patchSize, frames)
    (self.startTime, self.endTime) = (startTime, endTime)
  }

  /// Whether its frames are cycled to fill it.
  public var isRepeated: Bool { frames.count < patchSize }

  /// The frame of the signal that stands at a place of the patch.
  ///
  /// - Parameter position: from 0 to below `patchSize`.
  public func frame(at position: Int) -> Int {
    precondition(position >= 0 && position < patchSize, "frame \(position) of \(patchSize)")
    return frames.lowerBound + position % frames.count
  }
}
