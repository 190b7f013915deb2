import MAESTFrontEnd

/// An audio file decoded by the `ffmpeg` program, read forwards through a pipe in constant memory.
///
/// The program only decodes; downmix and resampling are the same as for other files.
final class FFmpegFile: AudioDecoder {
  let name = "ffmpeg"
  let formatName = "decoded by ffmpeg"
  let layout: SampleLayout
  private(set) var warnings: [AudioWarning] = []
  let expectedFrameCount: Int?

  private let path: String
  private let program: String
  private let isTolerant: Bool
  /// Whether the duration in the container is that of its sound.
  private let trustsDuration: Bool
  private let location: String
  private let stallLimit: Duration
  private let process: ChildProcess
  private var stream = WAVStream()
  private var sampleCount = 0

  /// Samples that were read together with the header.
  private var first: [Float] = []

  /// - Parameters:
  ///   - path: the file's name in errors.
  ///   - location: where its bytes are.
  ///   - audioStream: counted from 1.
  ///   - isTolerant: whether what can be decoded of a damaged file is used.
  ///   - trustsDuration: whether the duration in the container is that of its sound.
  ///   - soundFileMessage: why no library of ours decodes the file, for the errors.
  /// - Throws: `AudioError.ffmpegNotFound`, `.ffmpegNotStarted`, `.ffmpegFailed`, `.ffmpegStalled`,
  ///   `.noSuchAudioStream`, `.decodingTookTooLong`.
  init(
    path: String, location: String, audioStream: Int, ffmpeg: FFmpeg, isTolerant: Bool,
    trustsDuration: Bool, soundFileMessage: String, before deadline: Deadline?
  ) throws(AudioError) {
    let location = FileFacts.pathForOthers(location) ?? location
    guard let program = ffmpeg.locate() else {
      throw .ffmpegNotFound(path: path, libsndfileMessage: soundFileMessage)
    }
    do {
      process = try ChildProcess(
        program: program,
        arguments: FFmpeg.arguments(path: location, audioStream: audioStream, isTolerant: isTolerant),
        keptMessageLength: FFmpegMessages.keptLength)
    } catch {
      throw .ffmpegNotStarted(path: path, program: program, message: error.message)
    }
    self.path = path
    self.program = program
    self.isTolerant = isTolerant
    self.trustsDuration = trustsDuration
    self.location = location
    stallLimit = min(ffmpeg.stallLimit, Deadline.longest)
    let wait = Wait(stallLimit: stallLimit, deadline: deadline)
    let header: WAVHeader
    do {
      header = try Self.header(
        of: &stream, first: &first, from: process, path: path, wait: wait, soundFileMessage: soundFileMessage)
    } catch {
      guard case .ffmpegFailed = error, audioStream != 1,
        let count = Self.audioStreamCount(of: location, program, wait), audioStream < 1 || audioStream > count
      else { throw error }
      throw .noSuchAudioStream(path: path, stream: audioStream, streamCount: count)
    }
    layout = SampleLayout(sampleRate: header.sampleRate, channelCount: header.channelCount)
    expectedFrameCount = header.frameCount
  }

  /// The number of audio streams that ffmpeg finds in a file; nil if it prints none.
  private static func audioStreamCount(of path: String, _ program: String, _ wait: Wait) -> Int? {
    let process = try? ChildProcess(
      program: program, arguments: FFmpeg.descriptionArguments(path: path), keptMessageLength: 1 << 20)
    guard let process else { return nil }
    while let bytes = process.read(within: wait.limit), !bytes.isEmpty {}
    guard process.exit(within: wait.limit) != nil else { return nil }
    return FFmpeg.audioStreamCount(inDescription: process.messages)
  }

  /// Reads up to the end of the header, and the samples that were read together with it.
  private static func header(
    of stream: inout WAVStream, first: inout [Float], from process: ChildProcess, path: String,
    wait: Wait, soundFileMessage: String
  ) throws(AudioError) -> WAVHeader {
    func failed(_ message: String) -> AudioError {
      .ffmpegFailed(path: path, libsndfileMessage: soundFileMessage, message: message)
    }
    while true {
      if let header = stream.header { return header }
      guard let bytes = process.read(within: wait.limit) else { throw wait.error(path: path, frameCount: 0) }
      guard !bytes.isEmpty else {
        guard let exit = process.exit(within: wait.limit) else { throw wait.error(path: path, frameCount: 0) }
        throw failed(FFmpegMessages(process.messages).lastError ?? "no samples, \(exit)")
      }
      do {
        try stream.append(bytes[...], appendingTo: &first)
      } catch {
        throw failed(error.description)
      }
    }
  }

  func read(into interleaved: inout [Float], before deadline: Deadline?) throws(AudioError) -> Int {
    let wait = Wait(stallLimit: stallLimit, deadline: deadline)
    swap(&interleaved, &first)
    first = []
    while interleaved.isEmpty, !stream.isComplete {
      guard let bytes = process.read(within: wait.limit) else { throw error(of: wait) }
      guard !bytes.isEmpty else {
        try requireSuccess(wait)
        break
      }
      try stream.append(bytes[...], appendingTo: &interleaved)
    }
    sampleCount += interleaved.count
    return interleaved.count
  }

  private func requireSuccess(_ wait: Wait) throws(AudioError) {
    guard let exit = process.exit(within: wait.limit) else { throw error(of: wait) }
    let frameCount = sampleCount / layout.channelCount
    let messages = FFmpegMessages(process.messages)
    switch exit {
    case .code(0): noteDamage(messages, frameCount: frameCount)
    case .code where isTolerant && frameCount > 0: noteDamage(messages, frameCount: frameCount)
    case .code, .signal:
      throw .ffmpegBrokeOff(path: path, frameCount: frameCount, message: messages.lastError ?? "\(exit)")
    case .unknown: throw .exitStatusUnknown(path: path, program: program, frameCount: frameCount)
    }
  }

  /// What ffmpeg said of the file, and what its container says of its length.
  private func noteDamage(_ messages: FFmpegMessages, frameCount: Int) {
    let seconds = Double(frameCount) / Double(layout.sampleRate)
    defer {
      if let end = MP4Boxes.end(of: location) {
        warnings.append(
          AudioWarning(
            .unreadBytes, at: (1000 * seconds).rounded() / 1000,
            message: "the bytes from \(end) on are another file, which was not decoded, or none"))
      }
    }
    let missing = messages.duration.map { $0 - seconds } ?? 0
    if let message = messages.lastError {
      let count = messages.errorCount
      let lost = messages.duration.map { _ in max(0, missing) }
      warnings = [
        AudioWarning(
          .damaged, seconds: lost.map { (1000 * $0).rounded() / 1000 },
          message: "ffmpeg met \(count == 1 ? "damage" : "\(count) damaged places"), the last: \(message)")
      ]
    } else if trustsDuration, missing > max(1, 0.02 * seconds) {
      warnings = [
        AudioWarning(
          .cutShort, at: seconds, seconds: (1000 * missing).rounded() / 1000,
          message:
            "the container says \(messages.duration ?? 0) s, \((1000 * seconds).rounded() / 1000) s are there"
        )
      ]
    }
  }

  private func error(of wait: Wait) -> AudioError {
    wait.error(path: path, frameCount: sampleCount / layout.channelCount)
  }

  /// How long to wait for the program, and which error to throw when it writes nothing.
  private struct Wait {
    let stallLimit: Duration
    let deadline: Deadline?

    var limit: Duration { min(stallLimit, deadline?.remaining ?? stallLimit) }

    func error(path: String, frameCount: Int) -> AudioError {
      guard let deadline, deadline.remaining <= .zero else {
        return .ffmpegStalled(path: path, frameCount: frameCount, limit: stallLimit)
      }
      return .decodingTookTooLong(path: path, frameCount: frameCount, limit: deadline.limit)
    }
  }
}
