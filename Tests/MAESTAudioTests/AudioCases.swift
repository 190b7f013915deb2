import Foundation
import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport

/// Files as real libraries hold them: damaged, joined, mislabelled. They are made from tones of four seconds.
struct AudioCases {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// The bytes of a tone of `Fixtures/audio/damage`.
  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: Fixtures.path("audio/damage/" + name))))
  }

  /// The samples of a tone.
  func samples(_ name: String) throws -> [Float] {
    try AudioLoader(ffmpeg: nil).load(Fixtures.path("audio/damage/" + name)).samples
  }

  func write(_ bytes: [UInt8], _ name: String) throws -> String { try folder.write(bytes, to: name) }

  /// Bytes of noise without a run of ones that a decoder could take for a frame's beginning.
  static func noise(_ count: Int) -> [UInt8] {
    var state: UInt32 = 1
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24) % 254
    }
  }

  /// A wave of 16-bit stereo at 44.1 kHz with these bytes as its samples, and these sizes in its header.
  static func wave(_ samples: [UInt8], dataSize: Int? = nil, size: Int? = nil) -> [UInt8] {
    func number(_ value: Int) -> [UInt8] {
      withUnsafeBytes(of: UInt32(clamping: value).littleEndian) { Array($0) }
    }
    let format: [UInt8] = number(16) + [1, 0, 2, 0] + number(44100) + number(176_400) + [4, 0, 16, 0]
    var body = Array("WAVEfmt ".utf8) + format
    body += Array("data".utf8) + number(dataSize ?? samples.count) + samples
    return Array("RIFF".utf8) + number(size ?? body.count) + body
  }

  /// Samples of a tone on the left, and on the right by `right` of it.
  static func stereo(seconds: Double, right: Float = 1, amplitude: Float = 0.4) -> [UInt8] {
    (0..<Int(44100 * seconds)).flatMap { index in
      let left = amplitude * Float(sin(2 * Double.pi * 440 * Double(index) / 44100))
      return [left, left * right].flatMap { sample in
        let value = Int16(max(-32768, min(32767, (sample * 32768).rounded())))
        return withUnsafeBytes(of: value.littleEndian) { Array($0) }
      }
    }
  }
}
