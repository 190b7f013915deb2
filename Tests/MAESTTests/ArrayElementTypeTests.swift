import Foundation
import MAEST
import MAESTTestSupport
import Testing

/// Numbers as bytes.
@Suite struct ArrayElementTypeTests {
  @Test func singlePrecisionIsExact() {
    let values: [Float] = [0, -0.0, 1, -1.5, .infinity, 0x1p-149, 3.4028235e38]
    expectIdentical(ArrayElementType.float32.decode(ArrayElementType.float32.encode(values)), values)
    #expect(ArrayElementType.float32.encode([1]) == Data([0, 0, 0x80, 0x3f]))
  }

  #if !(os(macOS) && arch(x86_64))
    private func halves(_ values: [Float]) -> [UInt16] {
      ArrayElementType.float16.encode(values).withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
    }

    /// All of them, and between each two neighbours the middle and its neighbours.
    @Test func halfPrecisionRoundsAsTheProcessorDoes() {
      for bits in UInt16(0)...0x7c00 {
        let value = Float(Float16(bitPattern: bits))
        let next = bits < 0x7bff ? Float(Float16(bitPattern: bits + 1)) : 65536
        let middle = value + (next - value) / 2
        let values = [value, value.nextUp, middle.nextDown, middle, middle.nextUp].flatMap { [$0, -$0] }
        #expect(halves(values) == values.map { Float16($0).bitPattern }, "around \(value)")
      }
    }

    @Test func halfPrecisionReadsBack() {
      let values = (UInt16(0)...0xffff).map { Float(Float16(bitPattern: $0)) }.filter { !$0.isNaN }
      #expect(values.count == 0x10000 - 2 * 1023)
      expectIdentical(ArrayElementType.float16.decode(ArrayElementType.float16.encode(values)), values)
    }

    @Test func halfPrecisionBeyondItsRange() {
      #expect(halves([65519.996, 65520, 1e30, -.infinity]) == [0x7bff, 0x7c00, 0x7c00, 0xfc00])
      #expect(halves([0x1p-25, 0x1.000002p-25, -0x1p-149]) == [0, 1, 0x8000])
      #expect(ArrayElementType.float16.decode(ArrayElementType.float16.encode([Float.nan]))[0].isNaN)
    }
  #endif
}
