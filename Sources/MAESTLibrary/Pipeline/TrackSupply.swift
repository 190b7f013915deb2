import MAEST
import Synchronization

/// The tracks of a run, handed out one at a time to whoever asks.
public final class TrackSupply: Sendable {
  private let next: Mutex<Iterator>

  private struct Iterator {
    /// Nil once it has thrown.
    var next: (() throws -> Track?)?
  }

  /// Tracks that are known.
  public convenience init(_ tracks: [Track]) {
    var rest = tracks[...]
    self.init { rest.popFirst() }
  }

  /// Tracks that become known as they are asked for.
  ///
  /// - Parameter next: the next track; nil after the last one; called from any thread, by one at a time.
  public init(_ next: sending @escaping () throws -> Track?) {
    self.next = Mutex(Iterator(next: next))
  }

  /// The next track; nil after the last one, and after an error, which one of those who ask gets.
  func take() throws -> Track? {
    try next.withLock { iterator in
      do { return try iterator.next?() } catch {
        iterator.next = nil
        throw error
      }
    }
  }
}
