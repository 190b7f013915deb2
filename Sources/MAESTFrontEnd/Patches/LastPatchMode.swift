/// What happens to the frames left over after the last full patch.
public enum LastPatchMode: String, Sendable, CaseIterable {
  /// They are dropped; a signal shorter than one patch gives none.
  case discard

  /// They are cycled, from the first of them on, until they fill one more patch.
  case `repeat`

  /// One more patch ends with the signal's last frame: it overlaps the one before, and nothing is repeated. A signal
  /// shorter than one patch gives none.
  case end
}
