import MAESTFrontEnd

/// What is missing of a link of Ogg, learned from the positions in its pages.
struct OggLosses {
  private static let message = "pages of the stream are missing or damaged"

  let sampleRate: Int

  /// Frames decoded so far.
  private var frameCount = 0
  /// The position in the pages minus the frames decoded.
  private var positionOffset: Int?
  /// Whether the library met a hole that was not reported yet.
  private var isDamaged = false
  private var isReported = false

  init(sampleRate: Int) { self.sampleRate = sampleRate }

  private var time: Double { Double(frameCount) / Double(sampleRate) }

  /// Notes that the library met a hole.
  mutating func addHole() { isDamaged = true }

  /// Notes decoded frames, after which the library is at a position of the pages.
  mutating func add(_ count: Int, position: Int, _ damage: inout PartDamage) {
    frameCount += count
    let offset = position &- frameCount
    if isDamaged, let positionOffset {
      guard offset != positionOffset else { return }
      let lost = Double(max(0, offset &- positionOffset)) / Double(sampleRate)
      damage.add(.damaged, at: time, seconds: lost, Self.message)
      (isDamaged, isReported) = (false, true)
    }
    positionOffset = offset
  }

  /// Ends the link.
  mutating func end(_ pages: OggPages, _ damage: inout PartDamage) {
    if isDamaged {
      damage.add(.damaged, at: time, seconds: nil, Self.message)
      (isDamaged, isReported) = (false, true)
    }
    pages.skipRest()
    damage.addEnd(of: pages, at: time, isReported: isReported)
  }
}
