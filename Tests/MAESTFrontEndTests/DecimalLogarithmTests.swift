import Foundation
import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

struct DecimalLogarithmTests {
  /// The error in units in the last place of the true value.
  private func error(_ x: Float) -> Double {
    let expected = log10(Double(x))
    let found = Double(decimalLogarithm(FrameLanes(repeating: x))[0])
    let unit = Double(Float(expected).ulp)
    return expected == 0 ? (found == 0 ? 0 : .infinity) : abs(found - expected) / unit
  }

  @Test func errorIsAtMostTwoUnits() {
    var worst = (error: 0.0, at: Float(0))
    // From 1 upwards, every 977th single-precision number to the largest.
    for bits in stride(from: Float(1).bitPattern, to: Float.infinity.bitPattern, by: 977) {
      let x = Float(bitPattern: bits)
      let found = error(x)
      if found > worst.error { worst = (found, x) }
    }
    #expect(worst.error <= 2, "at \(worst.at)")
  }

  @Test func everyNumberJustAboveOneIsClose() {
    for step in 0..<100_000 {
      let x = Float(bitPattern: Float(1).bitPattern + UInt32(step))
      let found = error(x)
      if found > 2 { Issue.record("\(found) units at \(x)") }
    }
  }

  @Test func logarithmOfOneIsZero() {
    #expect(decimalLogarithm(FrameLanes(repeating: 1)) == .zero)
  }

  @Test func lanesAreIndependent() {
    let values = noise(4000).map { ($0 + 1.1) * 1000 }
    for first in stride(from: 0, to: values.count, by: FrameLanes.scalarCount) {
      let lanes = FrameLanes(values[first..<first + FrameLanes.scalarCount])
      let found = decimalLogarithm(lanes)
      for lane in 0..<FrameLanes.scalarCount {
        #expect(found[lane] == decimalLogarithm(FrameLanes(repeating: lanes[lane]))[0])
      }
    }
  }
}
