/// Selects the windows of a track to analyse. A window is one patch long.
///
/// ```swift
/// WindowSelection.everyHop(.seconds(1), lastPatchMode: .end)
/// WindowSelection.evenlySpaced(3)
/// WindowSelection.at([0.25, 0.5, 0.75]).within(TimeRange(start: 30, end: 120))
/// ```
///
/// Window positions depend only on the track's number of frames, so they are the same for every format and chunking. A
/// window's samples are bit-identical however it is selected.
public struct WindowSelection: Sendable, Hashable {
  /// The distance between the starts of two windows.
  public enum Hop: Sendable, Hashable {
    /// The hop of the published model with this patch size, see `PatchLayout.defaultHopSize`.
    case standard

    /// A hop in frames, at most the patch size; 0: no overlap.
    case frames(Int)

    /// A hop in seconds, rounded to the nearest number of frames, at least one.
    case seconds(Double)
  }

  /// How windows are placed.
  ///
  /// In the formulas a track has `frameCount` frames and a window `patchSize`. A window that begins at a frame ends
  /// `patchSize` frames later, and the last possible start is `frameCount - patchSize`. Windows are distinct and in
  /// order of time.
  public enum Placement: Sendable, Hashable {
    /// One window after each hop, from the track's beginning.
    case everyHop(Hop)

    /// The number of evenly spaced windows, at least 1, from the very start of the track to its very end.
    ///
    /// Window `i` of `n` begins at frame `floor(i * (frameCount - patchSize) / (n - 1))`, a single window at
    /// `floor((frameCount - patchSize) / 2)`. A track with fewer than `n` possible starts gives one window at each.
    case evenlySpaced(Int)

    /// Window centres as fractions of the track, from 0 (its beginning) to 1 (its end); windows are shifted to lie
    /// inside.
    ///
    /// The window at `x` begins at frame `floor(x * frameCount - patchSize / 2)`, limited to 0 and the last possible
    /// start. Duplicate windows are returned once.
    case at([Double])
  }

  public var placement: Placement

  /// How to treat frames left over.
  ///
  /// Windows that are evenly spaced or at given positions leave none. For a track shorter than a patch, `repeat` gives
  /// one cycled window, every other mode gives none.
  public var lastPatchMode: LastPatchMode

  /// The part of the track to use; nil: the whole track.
  public var range: TimeRange?

  public init(
    _ placement: Placement = .everyHop(.standard), lastPatchMode: LastPatchMode = .discard,
    range: TimeRange? = nil
  ) {
    self.placement = placement
    self.lastPatchMode = lastPatchMode
    self.range = range
  }

  /// The whole track with the model's own hop, as in Essentia.
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

  /// Returns the same selection, applied to a part of the track.
  public func within(_ range: TimeRange) -> WindowSelection {
    WindowSelection(placement, lastPatchMode: lastPatchMode, range: range)
  }

  /// Whether windows can be placed only when the track's length is known.
  public var needsLength: Bool {
    switch placement {
    case .everyHop: false
    case .evenlySpaced, .at: true
    }
  }
}
