/// A token or a grid position that a patch does not have.
public enum TokenGridError: Error, Equatable, Sendable {
  /// The index is not a token of the patch.
  case noSuchToken(index: Int, tokenCount: Int)
  /// The position is outside the grid.
  case noSuchCell(frequency: Int, time: Int, frequencyCount: Int, timeCount: Int)
}

extension TokenGridError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noSuchToken(let index, let tokenCount):
      "token \(index): a patch has tokens 0 (CLS), 1 (DIST) and 2 to \(tokenCount - 1) (the grid)"
    case .noSuchCell(let frequency, let time, let frequencyCount, let timeCount):
      "frequency \(frequency), time \(time): the grid of tokens has \(frequencyCount) places in frequency and "
        + "\(timeCount) in time, counted from 0"
    }
  }
}
