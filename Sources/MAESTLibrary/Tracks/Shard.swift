import MAESTFiles
import MAESTWeights

/// One of several parts of a library, to spread the work over machines. A track's shard depends only on its path, not
/// on the other tracks or their order.
public struct Shard: Sendable, Hashable {
  /// Index of the shard, from 0.
  public let index: Int
  public let count: Int

  /// - Returns: nil if `index` is outside 0 ..< `count`.
  public init?(index: Int, count: Int) {
    guard count >= 1, (0..<count).contains(index) else { return nil }
    self.index = index
    self.count = count
  }

  /// - Parameter text: "3/8" is shard 3 of the shards 0 to 7.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1] else { return nil }
    self.init(index: index, count: count)
  }

  /// Whether the track with this ``Track/path`` is in the shard. The index of a track's shard is computed from the
  /// SHA-256 of the path (UTF-8): its first 16 hexadecimal digits as a number, modulo the number of shards.
  public func contains(path: String) -> Bool {
    guard let hash = UInt64(SHA256Digest.hash(path).prefix(16), radix: 16) else {
      preconditionFailure("a digest that is no number")
    }
    return hash % UInt64(count) == UInt64(index)
  }
}
