import Foundation

/// Reproducible noise from -1 to 1 (a linear congruential generator).
public func noise(_ count: Int, seed: UInt64 = 1) -> [Float] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
  }
}

/// A sine of half scale.
public func sine(_ count: Int, hertz: Double, sampleRate: Int) -> [Float] {
  (0..<count).map { Float(0.5 * sin(2 * Double.pi * hertz * Double($0) / Double(sampleRate))) }
}
