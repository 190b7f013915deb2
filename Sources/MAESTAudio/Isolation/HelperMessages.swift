import MAESTFrontEnd

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The first message of a decoding helper: one line of JSON on its standard output. Blocks follow, see `HelperBlocks`.
struct HelperHeader: Codable, Equatable {
  /// The maximum length of this line in bytes.
  static let longestLine = 65536

  var decoder: String
  var sampleRate: Int
  var channelCount: Int
  var formatName: String
  var expectedFrameCount: Int?
}

/// The last message of a decoding helper: one line of JSON on its standard error, with success or an error. If it is
/// missing, the samples are incomplete, whatever the exit status.
struct HelperEnd: Codable, Equatable {
  /// The code for success: the end of the file was reached.
  static let done = "done"

  /// `done`, or the `AudioError.code` of the error.
  var code: String

  /// The decoder's own message, for errors that have one; otherwise the error's description.
  var message: String?

  /// The number of decoded frames.
  var frameCount: Int
  var expectedFrameCount: Int?

  /// What is missing of the file's sound.
  var warnings: [AudioWarning]?

  /// - Parameter frameCount: the number of decoded frames.
  init(frameCount: Int, warnings: [AudioWarning]) {
    code = Self.done
    self.frameCount = frameCount
    self.warnings = warnings
  }

  init(_ error: AudioError, frameCount: Int) {
    code = error.code
    self.frameCount = frameCount
    message = error.description
    if case .undecodableFile(_, let message) = error { self.message = message }
    if case .encodedAsPCM(_, let encoding) = error { message = encoding }
    if case .decodingFailed(_, let count, let expectedCount, let message) = error {
      self.message = message
      self.frameCount = count
      expectedFrameCount = expectedCount
    }
  }

  /// The helper's error, as it would be thrown without isolation; nil for success.
  func error(path: String) -> AudioError? {
    let message = message ?? "unknown error"
    switch code {
    case Self.done: return nil
    case "fileNotFound": return .fileNotFound(path: path)
    case "isFolder": return .isFolder(path: path)
    case "emptyFile": return .emptyFile(path: path)
    case "undecodableFile": return .undecodableFile(path: path, message: message)
    case "encodedAsPCM": return .encodedAsPCM(path: path, encoding: message)
    case "decodingFailed":
      return .decodingFailed(
        path: path, frameCount: frameCount, expectedFrameCount: expectedFrameCount, message: message)
    default: return .isolatedDecoderFailed(path: path, frameCount: frameCount, message: message)
    }
  }
}

/// Encodes a message as one line of JSON, including the newline.
func helperLine(_ message: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  return [UInt8](try encoder.encode(message)) + [UInt8(ascii: "\n")]
}

/// Decodes a message from a line; nil if the line is not such a message.
func helperMessage<Message: Decodable>(_ type: Message.Type, in line: some Sequence<UInt8>) -> Message? {
  try? JSONDecoder().decode(type, from: Data(line))
}
