import Foundation
import MAESTAudio
import MAESTFrontEnd

/// Decodes sounds to their end, as the program does.
enum AudioReading {
  /// What is pushed through the reader of WAV streams; more of the same tells nothing.
  private static let streamLimit = 1 << 20

  /// Decodes the file at `path`, and reads it as a WAV stream, if it begins as one.
  ///
  /// - Throws: `AudioError`, of the decoder.
  static func read(_ path: String) throws {
    if let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe), data.count > 12,
      data.prefix(1) == Data("R".utf8) || data.prefix(1) == Data("B".utf8)
    {
      try? readStream([UInt8](data.prefix(streamLimit)))
    }
    try decode(path)
  }

  private static func decode(_ path: String) throws(AudioError) {
    // What ffmpeg would make of it is not ours.
    var reader = try AudioLoader(ffmpeg: nil).open(path)
    var samples: [Float] = []
    var count = 0
    while try reader.read(appendingTo: &samples) {
      count += samples.count
      precondition(samples.allSatisfy(\.isFinite))
      samples.removeAll(keepingCapacity: true)
    }
    guard count > 0 else { throw AudioError.noSamples(path: path) }
  }

  /// Reads a WAV stream whole and in small pieces, which has to give the same, and makes it a signal of one channel.
  private static func readStream(_ bytes: [UInt8]) throws(SignalError) {
    let whole = samples(of: bytes, pieceLength: bytes.count)
    for pieceLength in [7, 4093] where bytes.count <= 1000 * pieceLength {
      let pieces = samples(of: bytes, pieceLength: pieceLength)
      precondition(pieces.header == whole.header && pieces.isRefused == whole.isRefused)
      precondition(
        pieces.isRefused || pieces.samples.elementsEqual(whole.samples) { $0.bitPattern == $1.bitPattern })
    }
    guard let header = whole.header else { return }
    var signal = try SignalStream(
      sampleRate: header.sampleRate, channelCount: header.channelCount)
    var mono: [Float] = []
    try signal.append(whole.samples[...], appendingTo: &mono)
    try signal.finish(appendingTo: &mono)
    precondition(mono.allSatisfy(\.isFinite))
  }

  private static func samples(
    of bytes: [UInt8], pieceLength: Int
  ) -> (samples: [Float], header: WAVHeader?, isRefused: Bool) {
    var stream = WAVStream()
    var samples: [Float] = []
    do throws(AudioError) {
      var rest = bytes[...]
      while !rest.isEmpty {
        try stream.append(rest.prefix(pieceLength), appendingTo: &samples)
        rest = rest.dropFirst(pieceLength)
      }
      try stream.finish()
      return (samples, stream.header, false)
    } catch {
      return (samples, stream.header, true)
    }
  }
}
