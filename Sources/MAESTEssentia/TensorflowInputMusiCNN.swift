import MAEST

/// Mel bands of one frame, like Essentia's `TensorflowInputMusiCNN`: 96 bands from 0 to 8000 Hz, `log10(10000 x + 1)`.
///
/// It has no parameters. It is immutable and can be used from several threads.
public struct TensorflowInputMusiCNN: Sendable {
  private static let name = "TensorflowInputMusiCNN"

  /// Samples per frame.
  public static let frameSize = 512

  private let extractor: MelSpectrogramExtractor
  private let check: ParameterCheck

  /// - Parameter strict: whether errors have Essentia's text.
  public init(strict: Bool = false) throws {
    extractor = try MelSpectrogramExtractor(configuration: .musiCNN)
    check = ParameterCheck(algorithm: Self.name, isStrict: strict)
  }

  /// Returns the bands `[96]` of an unwindowed frame `[512]` at 16 kHz.
  ///
  /// - Throws: ``EssentiaError`` for a frame of another size, `AudioError` for a NaN or infinite sample.
  public func compute(_ frame: [Float]) throws -> [Float] {
    guard frame.count == Self.frameSize else {
      throw check.runFailure(.wrongFrameSize(found: frame.count, expected: Self.frameSize))
    }
    return try extractor.bands(ofFrame: frame)
  }

  public func callAsFunction(_ frame: [Float]) throws -> [Float] { try compute(frame) }

  /// Does nothing: no state is kept between calls. Present because Essentia's algorithms have it.
  public func reset() {}

  /// Streaming mode: returns the bands of each frame as it arrives.
  public func bands<Frames: AsyncSequence & Sendable>(
    of frames: Frames
  ) -> AsyncThrowingMapSequence<Frames, [Float]> where Frames.Element == [Float] {
    frames.map { try compute($0) }
  }
}
