/// How frames are grouped into patches.
///
/// A patch is `patchSize` consecutive frames; the next begins `hopSize` frames later.
///
/// Source: Essentia's `TensorflowPredictMAEST` (`patchSize`, `patchHopSize`, `lastPatchMode`, which has no `end`).
package struct PatchLayout: Sendable, Hashable {
  /// Frames in a patch, 1 to 2^20.
  package let patchSize: Int

  /// Frames between the starts of two patches, 1 to `patchSize`.
  package let hopSize: Int

  /// How to treat the frames left over.
  package let lastPatchMode: LastPatchMode

  /// An upper limit of some hours of sound; larger patches would take gigabytes and are probably a mistake.
  package static let patchSizes = 1...1 << 20

  /// - Parameters:
  ///   - patchSize: frames in a patch.
  ///   - hopSize: frames between the starts of two patches; 0 means no overlap, nil the hop of the
  ///     published model with this patch size.
  ///   - lastPatchMode: how to treat the frames left over.
  /// - Throws: `SignalError.invalidPatchSize`, `.invalidPatchHop`, `.hopLargerThanPatch`.
  package init(
    patchSize: Int, hopSize: Int? = nil, lastPatchMode: LastPatchMode = .discard
  ) throws(SignalError) {
    guard Self.patchSizes.contains(patchSize) else { throw .invalidPatchSize(patchSize) }
    let hopSize = hopSize ?? Self.defaultHopSize(patchSize: patchSize)
    guard hopSize >= 0 else { throw .invalidPatchHop(hopSize) }
    guard hopSize <= patchSize else { throw .hopLargerThanPatch(hop: hopSize, patchSize: patchSize) }
    self.patchSize = patchSize
    self.hopSize = hopSize == 0 ? patchSize : hopSize
    self.lastPatchMode = lastPatchMode
  }

  /// The hop of the published models: 313, 625, 1250 and 1875 frames (5, 10, 20 and 30 s) for patches of 316, 626, 1256
  /// and 1876 frames; for any other patch size, the patch size.
  package static func defaultHopSize(patchSize: Int) -> Int {
    switch patchSize {
    case 316: 313
    case 626: 625
    case 1256: 1250
    case 1876: 1875
    default: patchSize
    }
  }

  /// The number of patches in this number of frames.
  package func patchCount(frameCount: Int) -> Int {
    let fullCount = fullPatchCount(frameCount: frameCount)
    return fullCount + (hasLastPatch(after: fullCount, frameCount: frameCount) ? 1 : 0)
  }

  /// Whether the frames left over give one more patch.
  private func hasLastPatch(after fullCount: Int, frameCount: Int) -> Bool {
    switch lastPatchMode {
    case .discard: false
    case .repeat: fullCount * hopSize < frameCount
    case .end: fullCount > 0 && (fullCount - 1) * hopSize < frameCount - patchSize
    }
  }

  /// The frames in patch `index`: `patchSize` of them, or fewer, which are cycled.
  ///
  /// - Parameters:
  ///   - index: from 0 to below `patchCount(frameCount:)`.
  ///   - frameCount: frames of the signal.
  package func frames(ofPatch index: Int, frameCount: Int) -> Range<Int> {
    let count = patchCount(frameCount: frameCount)
    precondition(index >= 0 && index < count, "patch \(index) of \(count)")
    let first = index * hopSize
    if index < fullPatchCount(frameCount: frameCount) { return first..<first + patchSize }
    return (lastPatchMode == .end ? frameCount - patchSize : first)..<frameCount
  }

  private func fullPatchCount(frameCount: Int) -> Int {
    frameCount < patchSize ? 0 : (frameCount - patchSize) / hopSize + 1
  }
}
