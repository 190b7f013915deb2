import Foundation
import MAESTPictures
import MAESTTestSupport
import Testing

/// Every kind of figure, pixel for pixel as it was when somebody looked at it and found it good.
///
/// Where a change is meant, `MAEST_RENEW_PICTURES=1 Tools/test --filter GoldenPictureTests` draws the fixtures anew;
/// look at them before they are committed.
@Suite struct GoldenPictureTests {
  private static let isRenewing = ProcessInfo.processInfo.environment["MAEST_RENEW_PICTURES"] == "1"

  @Test func figuresLookAsTheyDid() throws {
    for sample in try SampleFigure.all(width: 560) {
      let path = Fixtures.path("pictures/\(sample.name).png")
      let image = try sample.figure.picture().image(scale: 1)
      if Self.isRenewing { try Data(image.encoded()).write(to: URL(fileURLWithPath: path)) }
      let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      #expect(file.count < 40_960, "\(path) is too large for a fixture")
      #expect(difference(try PNGImage(decoding: file), image) == nil, "\(path); see GoldenPictureTests.swift")
    }
  }

  /// How many pixels differ, and the first of them; nil where none does.
  private func difference(_ expected: PNGImage, _ found: PNGImage) -> String? {
    guard expected.width == found.width, expected.height == found.height else {
      return "\(found.width) x \(found.height) pixels instead of \(expected.width) x \(expected.height)"
    }
    var count = 0
    var first: String?
    for row in 0..<found.height {
      for column in 0..<found.width where found[row, column] != expected[row, column] {
        count += 1
        first = first ?? "[\(row), \(column)], \(found[row, column]) instead of \(expected[row, column])"
      }
    }
    return first.map { "\(count) pixels differ, the first at \($0)" }
  }
}
