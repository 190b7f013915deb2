/// Cuts a list in chunks of random lengths from 0 to `longest`; the same seed gives the same cuts.
public func chunks<Element>(_ list: [Element], longest: Int, seed: UInt64) -> [ArraySlice<Element>] {
  var generator = Generator(seed: seed)
  var chunks: [ArraySlice<Element>] = []
  var rest = list[...]
  while !rest.isEmpty {
    let chunk = rest.prefix(Int.random(in: 0...longest, using: &generator))
    chunks.append(chunk)
    rest = rest.dropFirst(chunk.count)
  }
  return chunks
}

/// Reproducible random numbers (SplitMix64).
public struct Generator: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
