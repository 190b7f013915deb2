import MAESTFiles

/// The SHA-256 of a track's samples, as little-endian float32.
struct SoundDigest: ~Copyable {
  private var digest = SHA256Digest()
  /// The samples that are still to come before the limit.
  private var rest: Int

  /// - Parameter limit: number of samples to hash; those after them are ignored.
  init(limit: Int) { rest = limit }

  /// Whether all samples before the limit were added.
  var isComplete: Bool { rest == 0 }

  /// Adds the next samples.
  mutating func add(_ samples: [Float]) {
    let hashed = samples.prefix(rest)
    rest -= hashed.count
    hashed.map(\.bitPattern.littleEndian).withUnsafeBytes { digest.update($0) }
  }

  /// The digest of the samples, lower-case hexadecimal.
  consuming func finalize() -> String { digest.finalize() }
}
