import MAESTFiles
import MAESTWeights

/// One of several parts of a library, each for another machine: the same tracks in whatever order and company they
/// are found.
public struct Shard: Sendable, Hashable {
  /// From 0.
  public let index: Int
  public let count: Int

  /// - Returns: nil where `index` is not from 0 to below `count`.
  public init?(index: Int, count: Int) {
    guard count >= 1, (0..<count).contains(index) else { return nil }
    self.index = index
    self.count = count
  }

  /// - Parameter text: "3/8": the part 3 of the parts 0 to 7.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1] else { return nil }
    self.init(index: index, count: count)
  }

  /// Whether the track with this ``Track/path`` is in the part: the number of its part is that of the first 16
  /// hexadecimal digits of the path's SHA-256 (UTF-8), modulo the number of parts.
  public func contains(path: String) -> Bool {
    guard let hash = UInt64(SHA256Digest.hash(path).prefix(16), radix: 16) else {
      preconditionFailure("a digest that is no number")
    }
    return hash % UInt64(count) == UInt64(index)
  }
}
