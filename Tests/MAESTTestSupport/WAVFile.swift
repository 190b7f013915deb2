import Foundation

/// WAV files made in memory.
public enum WAVFile {
  /// 32-bit floating point.
  ///
  /// - Parameter interleaved: `[frame, channel]`
  public static func float32(_ interleaved: [Float], sampleRate: Int = 16000, channelCount: Int = 1) -> Data {
    func bytes<Value: FixedWidthInteger>(_ value: Value) -> Data {
      withUnsafeBytes(of: value.littleEndian) { Data($0) }
    }
    let size = UInt32(4 * interleaved.count)
    let format: [Data] = [
      bytes(UInt16(3)), bytes(UInt16(channelCount)), bytes(UInt32(sampleRate)),
      bytes(UInt32(4 * channelCount * sampleRate)), bytes(UInt16(4 * channelCount)), bytes(UInt16(32)),
    ]
    return Data("RIFF".utf8) + bytes(36 + size) + Data("WAVEfmt ".utf8) + bytes(UInt32(16))
      + format.reduce(Data(), +) + Data("data".utf8) + bytes(size)
      + interleaved.map(\.bitPattern).reduce(into: Data()) { $0 += bytes($1) }
  }

  /// Seeded noise of a length in seconds, 32-bit floating point.
  public static func noise(seconds: Double, seed: UInt64, sampleRate: Int = 16000) -> Data {
    var random = SeededRandom(seed: seed)
    return float32(
      (0..<Int(seconds * Double(sampleRate))).map { _ in 0.2 * random.nextNormal() }, sampleRate: sampleRate)
  }
}
