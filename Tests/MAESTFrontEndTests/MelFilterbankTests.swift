import Foundation
import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

struct MelFilterbankTests {
  let filterbank = MelFilterbank(bandCount: 96, binCount: 257, sampleRate: 16000, frequencies: 0...8000)

  /// The same bands in double precision, as a full matrix `[band, bin]`.
  private static func doubleMatrix() -> [[Double]] {
    func hertz(_ mel: Double) -> Double {
      mel < 15 ? mel * 200 / 3 : 1000 * exp(log(6.4) / 27 * (mel - 15))
    }
    let highest = 15 + log(8.0) / (log(6.4) / 27)
    let edges = (0..<98).map { hertz(highest * Double($0) / 97) }
    return (0..<96).map { band in
      let (left, peak, right) = (edges[band], edges[band + 1], edges[band + 2])
      return (0..<257).map { bin in
        let frequency = Double(bin) * 31.25
        let height = min((frequency - left) / (peak - left), (right - frequency) / (right - peak))
        return max(0, height) / ((right - left) / 2)
      }
    }
  }

  private func matrix() -> [[Float]] {
    filterbank.bands.map { band in
      var row = [Float](repeating: 0, count: filterbank.binCount)
      for (offset, index) in band.weights.enumerated() {
        row[band.firstBin + offset] = filterbank.weights[index]
      }
      return row
    }
  }

  @Test func weightsAreThoseOfTheDoubleTwin() {
    let expected = Self.doubleMatrix().flatMap { $0 }.map(Float.init)
    // A peak is 2 / width, at most 0.024; the edges are off by a few single-precision units of 8000 Hz.
    expectClose(matrix().flatMap { $0 }, expected, maximum: 1e-5)
  }

  @Test func bandsAreOrderedTriangles() {
    let rows = matrix()
    var lastPeak = 0
    for (index, row) in rows.enumerated() {
      let peak = row.indices.max { row[$0] < row[$1] } ?? 0
      #expect(peak >= lastPeak, "band \(index)")
      lastPeak = peak
      let support = row.indices.filter { row[$0] > 0 }
      #expect(!support.isEmpty && support.count == support[support.count - 1] - support[0] + 1)
      #expect(row[support[0]...peak].elementsEqual(row[support[0]...peak].sorted()))
      #expect(row[peak...].elementsEqual(row[peak...].sorted(by: >)))
    }
  }

  @Test func bandsHaveUnitArea() {
    // Wide bands: the sum over bins times the bin width approaches the integral, 1.
    for row in matrix().suffix(40) {
      #expect(abs(row.reduce(0, +) * 31.25 - 1) < 0.05)
    }
  }

  @Test func energyIsTheWeightedSum() {
    let power = noise(257).map { FrameLanes(repeating: $0 + 1) * FrameLanes(1, 2, 4, 8) }
    for (band, row) in matrix().enumerated() {
      let expected = zip(row, power).reduce(0.0) { $0 + Double($1.0) * Double($1.1[0]) }
      let found = filterbank.energy(ofBand: band, in: power.span)
      #expect(abs(Double(found[0]) - expected) <= 1e-6 * expected)
      #expect(found == FrameLanes(repeating: found[0]) * FrameLanes(1, 2, 4, 8))
    }
  }

  @Test func slaneyScaleGoesThereAndBack() {
    for hertz in stride(from: Float(0), through: 8000, by: 125) {
      #expect(abs(MelScale.hertz(mel: MelScale.mel(hertz: hertz)) - hertz) <= 0.01)
    }
    #expect(MelScale.mel(hertz: 1000) == 15)
    #expect(abs(MelScale.mel(hertz: 6400) - 42) < 1e-5)
  }

  @Test(arguments: [1, 2, 256, 257, 4096])
  func anyBandCountGivesNumbers(bandCount: Int) {
    for frequencies in [Float(0)...8000, 0...1, 100...100.00001, 7999...8000] {
      let filterbank = MelFilterbank(
        bandCount: bandCount, binCount: 257, sampleRate: 16000, frequencies: frequencies)
      #expect(filterbank.bands.count == bandCount)
      #expect(filterbank.weights.allSatisfy { $0.isFinite && $0 >= 0 })
      #expect(filterbank.bands.allSatisfy { $0.firstBin + $0.weights.count <= 257 })
    }
  }
}
