import MAESTPictures
import Testing

@Suite struct TickTests {
  private func labels(_ lower: Double, _ upper: Double, _ count: Int, smallestStep: Double = 0) -> [String] {
    NiceTicks.linear(Extent(lower, upper), atMost: count, smallestStep: smallestStep).map(\.label)
  }

  @Test func roundNumbers() {
    #expect(labels(0, 30, 8) == ["0", "5", "10", "15", "20", "25", "30"])
    #expect(labels(0, 30, 6) == ["0", "10", "20", "30"])
    #expect(labels(0, 1, 6) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(-1, 1, 5) == ["−1.0", "−0.5", "0.0", "0.5", "1.0"])
    #expect(labels(0.3, 0.7, 3) == ["0.4", "0.6"])
    #expect(labels(0, 0.003, 4) == ["0.000", "0.001", "0.002", "0.003"])
    #expect(labels(-0.5, 3.5, 12, smallestStep: 1) == ["0", "1", "2", "3"])
  }

  @Test func farNumbersHavePowers() {
    #expect(labels(0, 3e-7, 4) == ["0", "10⁻⁷", "2×10⁻⁷", "3×10⁻⁷"])
    #expect(labels(0, 2e6, 5) == ["0", "5×10⁵", "10⁶", "1.5×10⁶", "2×10⁶"])
    #expect(labels(0, 20000, 3) == ["0", "10000", "20000"])
  }

  @Test(arguments: [
    Extent(0, 1), Extent(0.1, 0.30000000000000004), Extent(-7, 1e9), Extent(1e-300, 2e-300),
    Extent(-1e300, 1e300), Extent(0, .leastNonzeroMagnitude), Extent(1e15, 1e15 + 4),
  ])
  func ticksAreFewAndInside(extent: Extent) {
    for count in 1...12 {
      let ticks = NiceTicks.linear(extent, atMost: count)
      #expect(ticks.count <= count)
      for tick in ticks {
        #expect(tick.position >= extent.lower && tick.position <= extent.upper)
      }
      for (tick, next) in zip(ticks, ticks.dropFirst()) {
        #expect(tick.position < next.position)
      }
    }
  }

  @Test func decades() {
    func labels(_ lower: Double, _ upper: Double, _ count: Int) -> [String] {
      NiceTicks.logarithmic(Extent(lower, upper), atMost: count).map(\.label)
    }
    #expect(labels(1e-7, 1e-3, 8) == ["10⁻⁷", "10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³"])
    #expect(labels(1e-7, 1e-3, 3) == ["10⁻⁷", "10⁻⁵", "10⁻³"])
    #expect(labels(0.1, 1000, 8) == ["0.1", "1", "10", "100", "1000"])
    #expect(labels(1, 12, 8) == ["1", "2", "5", "10"])
    #expect(labels(3e-6, 3e-5, 8) == ["5×10⁻⁶", "10⁻⁵", "2×10⁻⁵"])
    #expect(labels(1.01, 1.04, 4).count >= 2)
  }

  @Test func fixedDecimals() {
    #expect(NumberText.fixed(-0.0004, decimals: 3) == "0.000")
    #expect(NumberText.fixed(-12.345, decimals: 2) == "-12.35")
    #expect(NumberText.fixed(0.05, decimals: 3, trimsZeros: true) == "0.05")
    #expect(NumberText.fixed(100, decimals: 0, trimsZeros: true) == "100")
    #expect(NumberText.fixed(100, decimals: 2, trimsZeros: true) == "100")
  }
}
