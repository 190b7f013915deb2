#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a decoding helper says first, as a line of JSON on its standard output. Interleaved samples follow, as
/// little-endian 32-bit floats, up to the end of the output.
struct HelperHeader: Codable, Equatable {
  /// The longest line that is one, in bytes.
  static let longestLine = 65536

  var decoder: String
  var sampleRate: Int
  var channelCount: Int
  var formatName: String
  var expectedFrameCount: Int?
}

/// What a decoding helper says last, as a line of JSON on its standard error: that everything was decoded, or what
/// went wrong. Without it the samples are not all there, whatever the exit status.
struct HelperEnd: Codable, Equatable {
  /// The code of the end of the file.
  static let done = "done"

  /// `done`, or the `AudioError.code` of what went wrong.
  var code: String

  /// The decoder's own message, for errors that have one; for others the error's description.
  var message: String?

  /// Frames that were decoded.
  var frameCount: Int
  var expectedFrameCount: Int?

  /// - Parameter frameCount: that were decoded.
  init(frameCount: Int) {
    code = Self.done
    self.frameCount = frameCount
  }

  init(_ error: AudioError, frameCount: Int) {
    code = error.code
    self.frameCount = frameCount
    message = error.description
    if case .undecodableFile(_, let message) = error { self.message = message }
    if case .decodingFailed(_, let count, let expectedCount, let message) = error {
      self.message = message
      self.frameCount = count
      expectedFrameCount = expectedCount
    }
  }

  /// The error that the helper met with, as it would be without the helper; nil for the end of the file.
  func error(path: String) -> AudioError? {
    let message = message ?? "unknown error"
    switch code {
    case Self.done: return nil
    case "fileNotFound": return .fileNotFound(path: path)
    case "isFolder": return .isFolder(path: path)
    case "emptyFile": return .emptyFile(path: path)
    case "undecodableFile": return .undecodableFile(path: path, message: message)
    case "decodingFailed":
      return .decodingFailed(
        path: path, frameCount: frameCount, expectedFrameCount: expectedFrameCount, message: message)
    default: return .isolatedDecoderFailed(path: path, frameCount: frameCount, message: message)
    }
  }
}

/// A message as one line of JSON, with the end of line.
func helperLine(_ message: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  return [UInt8](try encoder.encode(message)) + [UInt8(ascii: "\n")]
}

/// A message that a line contains; nil if it contains another thing.
func helperMessage<Message: Decodable>(_ type: Message.Type, in line: some Sequence<UInt8>) -> Message? {
  try? JSONDecoder().decode(type, from: Data(line))
}
