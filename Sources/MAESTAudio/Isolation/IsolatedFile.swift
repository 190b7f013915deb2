import MAESTFrontEnd

/// An audio file that a helper process decodes with libsndfile, read forwards through a pipe in constant memory.
final class IsolatedFile: AudioDecoder {
  let name: String
  let layout: SampleLayout
  private(set) var warnings: [AudioWarning] = []
  let formatName: String
  let expectedFrameCount: Int?

  private let path: String
  private let program: String
  private let process: ChildProcess
  private var decoder = PCMDecoder(format: .f32le)
  private var sampleCount = 0

  /// Samples that were read together with the header.
  private var first: [Float] = []

  /// - Throws: `AudioError.fileNotFound`, `.isFolder`, `.emptyFile`, `.undecodableFile`,
  ///   `.isolatedDecoderNotStarted`, `.isolatedDecoderFailed`, `.decoderCrashed`, `.decodingTookTooLong`.
  init(path: String, isolation: DecoderIsolation, before deadline: Deadline?) throws(AudioError) {
    try within(deadline, path) { () throws(AudioError) in try FileFacts.check(path) }
    let (name, input) = try Self.input(path)
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
    decoder.append(line[...], appendingTo: &first)
  }

  /// The helper's input: the file's path, or its standard input if the path means something else to another process.
  private static func input(_ path: String) throws(AudioError) -> (name: String, input: Descriptor?) {
    if let name = FileFacts.pathForOthers(path) { return (name, nil) }
    do {
      return ("/dev/stdin", try Descriptor.opened(path))
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
    swap(&interleaved, &first)
    while interleaved.isEmpty {
      let bytes = try Self.bytes(from: process, path: path, frameCount: frameCount, before: deadline)
      guard !bytes.isEmpty else {
        try requireEnd(before: deadline)
        break
      }
      decoder.append(bytes[...], appendingTo: &interleaved)
    }
    sampleCount += interleaved.count
    return interleaved.count
  }

  private var channelCount: Int { layout.channelCount }
  private var frameCount: Int { sampleCount / channelCount }

  private func requireEnd(before deadline: Deadline?) throws(AudioError) {
    let end = try Self.end(of: process, program, path: path, frameCount: frameCount, before: deadline)
    if let error = end.error(path: path) { throw error }
    guard end.frameCount == frameCount, sampleCount % channelCount == 0 else {
      throw .isolatedDecoderFailed(
        path: path, frameCount: frameCount, message: "\(sampleCount) samples came of \(end.frameCount) frames"
      )
    }
  }

  private static func bytes(
    from process: ChildProcess, path: String, frameCount: Int, before deadline: Deadline?
  ) throws(AudioError) -> [UInt8] {
    guard let bytes = process.read(within: deadline?.remaining) else {
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
