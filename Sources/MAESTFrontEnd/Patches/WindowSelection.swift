/// Which windows of a track are analysed. A window is one patch long.
///
/// ```swift
/// WindowSelection.everyHop(.seconds(1), lastPatchMode: .end)
/// WindowSelection.evenlySpaced(3)
/// WindowSelection.at([0.25, 0.5, 0.75]).within(TimeRange(start: 30, end: 120))
/// ```
///
/// The places follow from the number of the track's frames alone, so that they are the same for every format and
/// chunking. Samples of a window are those that it has in whatever other way it is cut, bit for bit.
public struct WindowSelection: Sendable, Hashable {
  /// The distance between the starts of two windows.
  public enum Hop: Sendable, Hashable {
    /// The published model's with this patch size, see `PatchLayout.defaultHopSize`.
    case standard

    /// Frames, at most those of a patch; 0: no overlap.
    case frames(Int)

    /// Seconds, rounded to the nearest number of frames, at least one.
    case seconds(Double)
  }

  /// How windows are placed.
  ///
  /// In what follows a track has `frameCount` frames and a window `patchSize`; a window that begins at a frame ends
  /// `patchSize` frames later, and the last place is `frameCount - patchSize`. Windows are distinct and in order of
  /// time.
  public enum Placement: Sendable, Hashable {
    /// From the beginning on, one after each hop.
    case everyHop(Hop)

    /// So many, at least 1: the first begins with the track, the last ends with it.
    ///
    /// Window `i` of `n` begins at frame `floor(i * (frameCount - patchSize) / (n - 1))`, a single one at
    /// `floor((frameCount - patchSize) / 2)`. A track with fewer than `n` places gives a window at each.
    case evenlySpaced(Int)

    /// Centred on places in the track, from 0 (its beginning) to 1 (its end), and moved to lie inside.
    ///
    /// The window at `x` begins at frame `floor(x * frameCount - patchSize / 2)`, not before 0 and not after the last
    /// place. Places that give the same window give it once.
    case at([Double])
  }

  public var placement: Placement

  /// What happens to frames left over.
  ///
  /// Windows that are evenly spaced or at given places leave none; to a track shorter than a patch, `repeat` gives one
  /// cycled window, every other mode none.
  public var lastPatchMode: LastPatchMode

  /// The stretch of the track that is taken for the whole; nil: all of it.
  public var range: TimeRange?

  public init(
    _ placement: Placement = .everyHop(.standard), lastPatchMode: LastPatchMode = .discard,
    range: TimeRange? = nil
  ) {
    self.placement = placement
    self.lastPatchMode = lastPatchMode
    self.range = range
  }

  /// The whole track by the model's own hop, as Essentia takes it.
  public static let all = WindowSelection()

  public static func everyHop(_ hop: Hop, lastPatchMode: LastPatchMode = .discard) -> WindowSelection {
    WindowSelection(.everyHop(hop), lastPatchMode: lastPatchMode)
  }

  public static func evenlySpaced(
    _ count: Int, lastPatchMode: LastPatchMode = .discard
  ) -> WindowSelection {
    WindowSelection(.evenlySpaced(count), lastPatchMode: lastPatchMode)
  }

  public static func at(_ places: [Double], lastPatchMode: LastPatchMode = .discard) -> WindowSelection {
    WindowSelection(.at(places), lastPatchMode: lastPatchMode)
  }

  /// The same windows of a stretch of the track.
  public func within(_ range: TimeRange) -> WindowSelection {
    WindowSelection(placement, lastPatchMode: lastPatchMode, range: range)
  }

  /// Whether the windows cannot be placed before the track's end is known.
  public var needsLength: Bool {
    switch placement {
    case .everyHop: false
    case .evenlySpaced, .at: true
    }
  }
}
