import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

struct HannWindowTests {
  @Test func windowIsSymmetricAndEndsAtZero() {
    let window = hannWindow(length: 512)
    #expect(window.count == 512)
    #expect(window[0] == 0 && window[511] == 0)
    expectClose(window, window.reversed(), maximum: 1e-7)
    #expect(window[255] > 0.99999 && window[255] <= 1)
    #expect(zip(window[..<256], window[1..<256]).allSatisfy { $0 < $1 })
  }

  @Test func threePointsAreZeroOneZero() {
    #expect(hannWindow(length: 3) == [0, 1, 0])
  }
}
