/// Generates random mel patches, deterministic for a seed: independent values with mean 0 and standard deviation 0.5,
/// as normalised log-mel bands have.
struct PatchGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// Returns a patch of `count` values.
  mutating func next(count: Int) -> [Float] { (0..<count).map { _ in 0.5 * normal() } }

  /// Standard normal approximation: the sum of twelve uniform numbers has standard deviation 1.
  private mutating func normal() -> Float { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }

  /// Returns a uniform number in [0, 1).
  private mutating func uniform() -> Float { Float(bits() >> 40) * 0x1p-24 }

  /// SplitMix64 (Steele, Lea, Flood 2014).
  private mutating func bits() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
