import MAESTFrontEnd

/// An audio file that a helper process decodes, read forwards through a pipe in constant memory.
final class IsolatedFile: AudioDecoder {
  let name: String
  private(set) var layout: SampleLayout
  private(set) var warnings: [AudioWarning] = []
  let formatName: String
  let expectedFrameCount: Int?

  private let path: String
  private let program: String
  private let process: ChildProcess
  private var blocks = HelperBlocks()

  /// Frames of earlier layouts, and samples of the current one.
  private var earlierFrameCount = 0
  private var sampleCount = 0

  /// - Throws: `AudioError.fileNotFound`, `.isFolder`, `.emptyFile`, `.undecodableFile`,
  ///   `.isolatedDecoderNotStarted`, `.isolatedDecoderFailed`, `.decoderCrashed`, `.decodingTookTooLong`.
  init(
    path: String, location: String, isolation: DecoderIsolation, before deadline: Deadline?
  ) throws(AudioError) {
    let (name, input) = try Self.input(location, path: path)
    do {
      process = try ChildProcess(
        program: isolation.program, arguments: isolation.arguments + [name], input: input)
    } catch {
      throw .isolatedDecoderNotStarted(path: path, program: isolation.program, message: error.message)
    }
    self.path = path
    program = isolation.program
    var line: [UInt8] = []
    let header = try Self.header(
      from: process, program, path: path, rest: &line, before: deadline)
    self.name = header.decoder
    layout = SampleLayout(sampleRate: header.sampleRate, channelCount: header.channelCount)
    formatName = header.formatName
    expectedFrameCount = header.expectedFrameCount
    blocks.append(line)
  }

  /// The helper's input: the file's path, or its standard input if the path means something else to another process.
  private static func input(
    _ location: String, path: String
  ) throws(AudioError) -> (name: String, input: Descriptor?) {
    if let name = FileFacts.pathForOthers(location) { return (name, nil) }
    do {
      return ("/dev/stdin", try Descriptor.opened(location))
    } catch {
      // The wording of libsndfile.
      throw .undecodableFile(path: path, message: "System error : \(error.message).")
    }
  }

  /// Reads up to the end of the header.
  ///
  /// - Parameter rest: receives the bytes after the header that were read together with it.
  private static func header(
    from process: ChildProcess, _ program: String, path: String, rest: inout [UInt8],
    before deadline: Deadline?
  ) throws(AudioError) -> HelperHeader {
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")), end <= HelperHeader.longestLine {
        let header = helperMessage(HelperHeader.self, in: rest[..<end])
        guard let header, header.sampleRate >= 1, header.channelCount >= 1,
          header.expectedFrameCount ?? 0 >= 0
        else { break }
        rest.removeFirst(end + 1)
        return header
      }
      if rest.count > HelperHeader.longestLine { break }
      let bytes = try Self.bytes(from: process, path: path, frameCount: 0, before: deadline)
      guard !bytes.isEmpty else {
        let end = try Self.end(of: process, program, path: path, frameCount: 0, before: deadline)
        throw end.error(path: path)
          ?? .isolatedDecoderFailed(path: path, frameCount: 0, message: "no header, and no error")
      }
      rest += bytes
    }
    throw .isolatedDecoderFailed(path: path, frameCount: 0, message: "what it writes is no header")
  }

  func read(into interleaved: inout [Float], before deadline: Deadline?) throws(AudioError) -> Int {
    interleaved.removeAll(keepingCapacity: true)
    while interleaved.isEmpty {
      if let next = try blocks.next(path: path, frameCount: frameCount, appendingTo: &interleaved) {
        earlierFrameCount = frameCount
        sampleCount = 0
        layout = next
        continue
      }
      guard interleaved.isEmpty else { break }
      let bytes = try Self.bytes(from: process, path: path, frameCount: frameCount, before: deadline)
      guard !bytes.isEmpty else {
        try requireEnd(before: deadline)
        break
      }
      blocks.append(bytes)
    }
    sampleCount += interleaved.count
    return interleaved.count
  }

  /// Frames of all layouts so far.
  private var frameCount: Int { earlierFrameCount + sampleCount / layout.channelCount }

  private func requireEnd(before deadline: Deadline?) throws(AudioError) {
    let end = try Self.end(of: process, program, path: path, frameCount: frameCount, before: deadline)
    if let error = end.error(path: path) { throw error }
    guard end.frameCount == frameCount, blocks.isAtBlock else {
      throw .isolatedDecoderFailed(
        path: path, frameCount: frameCount, message: "\(frameCount) frames came of \(end.frameCount)")
    }
    warnings = end.warnings ?? []
  }

  private static func bytes(
    from process: ChildProcess, path: String, frameCount: Int, before deadline: Deadline?
  ) throws(AudioError) -> [UInt8] {
    let isLate = deadline.map { $0.remaining <= .zero } ?? false
    guard !isLate, let bytes = process.read(within: deadline?.remaining) else {
      throw .decodingTookTooLong(path: path, frameCount: frameCount, limit: deadline?.limit ?? .zero)
    }
    return bytes
  }

  /// Reads the helper's last message, after the end of its output.
  private static func end(
    of process: ChildProcess, _ program: String, path: String, frameCount: Int, before deadline: Deadline?
  ) throws(AudioError) -> HelperEnd {
    guard let exit = process.exit(within: deadline?.remaining) else {
      throw .decodingTookTooLong(path: path, frameCount: frameCount, limit: deadline?.limit ?? .zero)
    }
    if case .signal(let signal) = exit {
      throw .decoderCrashed(path: path, frameCount: frameCount, signal: signal)
    }
    let end = helperMessage(HelperEnd.self, in: process.lastMessageLine)
    if exit == .unknown, end?.code ?? HelperEnd.done == HelperEnd.done {
      throw .exitStatusUnknown(path: path, program: program, frameCount: frameCount)
    }
    guard let end, end.code != HelperEnd.done || exit == .code(0) else {
      let message = process.lastMessage.map { "\($0), \(exit)" } ?? "\(exit)"
      throw .isolatedDecoderFailed(path: path, frameCount: frameCount, message: message)
    }
    return end
  }
}
