import MAEST
import Synchronization

/// The tracks of a run, handed out one at a time. May be used from several threads.
public final class TrackSupply: Sendable {
  private let next: Mutex<Iterator>

  private struct Iterator {
    /// Nil after it has thrown.
    var next: (() throws -> Track?)?
  }

  /// Supplies a known list of tracks.
  public convenience init(_ tracks: [Track]) {
    var rest = tracks[...]
    self.init { rest.popFirst() }
  }

  /// Supplies tracks from a closure.
  ///
  /// - Parameter next: returns the next track, nil after the last one. Called from any thread, by one thread at a time.
  public init(_ next: sending @escaping () throws -> Track?) {
    self.next = Mutex(Iterator(next: next))
  }

  /// Returns the next track; nil after the last one and after an error. An error is thrown to one caller only.
  func take() throws -> Track? {
    try next.withLock { iterator in
      do { return try iterator.next?() } catch {
        iterator.next = nil
        throw error
      }
    }
  }
}
