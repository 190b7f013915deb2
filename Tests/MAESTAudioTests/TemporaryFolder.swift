import CSndfile
import Foundation

/// A folder that is removed with its object.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "maest-audio-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  func path(_ name: String) -> String { path + "/" + name }

  func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }

  func bytes(of name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// Writes a sound with libsndfile.
  ///
  /// - Parameter samples: `[frame, channel]`.
  func writeSound(
    _ samples: [Float], to name: String, sampleRate: Int = 16000, channelCount: Int = 1, format: Int
  ) throws -> String {
    var info = SF_INFO()
    info.samplerate = Int32(sampleRate)
    info.channels = Int32(channelCount)
    info.format = Int32(format)
    guard let handle = sf_open(path(name), Int32(SFM_WRITE), &info) else { throw WritingFailed(name: name) }
    let count = sf_write_float(handle, samples, sf_count_t(samples.count))
    sf_close(handle)
    guard Int(count) == samples.count else { throw WritingFailed(name: name) }
    return path(name)
  }

  /// Writes a wav file of 32-bit floating-point samples.
  func writeFloatWave(
    _ samples: [Float], to name: String, sampleRate: Int = 16000, channelCount: Int = 1
  ) throws -> String {
    try writeSound(
      samples, to: name, sampleRate: sampleRate, channelCount: channelCount,
      format: Int(SF_FORMAT_WAV) | Int(SF_FORMAT_FLOAT))
  }
}

struct WritingFailed: Error {
  let name: String
}
