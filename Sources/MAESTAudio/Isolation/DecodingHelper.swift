import Dispatch
import MAESTFrontEnd

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The helper process of `DecoderIsolation`: a program that is started as a helper calls `run` with its last argument
/// and exits with the returned status.
public enum DecodingHelper {
  /// The helper's address space limit in bytes.
  private static let memoryLimit = 2 << 30

  /// Decodes a file with the library of its format. Writes the format as a line of JSON to standard output, followed by the samples.
  /// Writes the outcome as a line of JSON to standard error.
  ///
  /// The process ends as soon as the reader closes its output, even while it is decoding. Its address space is limited
  /// to 2 GiB, and it writes no core file.
  ///
  /// - Returns: the exit status: 0 at the end of the file, 1 after a failure.
  public static func run(path: String) -> Int32 {
    limitResources()
    endWithReader()
    var frameCount = 0
    do {
      let warnings = try serve(path, frameCount: &frameCount)
      try write(helperLine(HelperEnd(frameCount: frameCount, warnings: warnings)), to: STDERR_FILENO)
      return 0
    } catch {
      let message = (error as? SystemError)?.message ?? "\(error)"
      report(
        HelperEnd(
          error as? AudioError
            ?? .isolatedDecoderFailed(path: path, frameCount: frameCount, message: message),
          frameCount: frameCount))
    }
    return 1
  }

  /// - Returns: what is missing of the file's sound.
  private static func serve(_ path: String, frameCount: inout Int) throws -> [AudioWarning] {
    try FileFacts.check(path)
    let file = try FileOpening.open(path, at: path)
    var layout = file.layout
    let header = HelperHeader(
      decoder: file.name, sampleRate: layout.sampleRate, channelCount: layout.channelCount,
      formatName: file.formatName, expectedFrameCount: file.expectedFrameCount)
    try write(helperLine(header), to: STDOUT_FILENO)
    var samples: [Float] = []
    var (earlierCount, sampleCount) = (0, 0)
    while case let count = try file.read(into: &samples, before: nil), count > 0 {
      if file.layout != layout {
        (earlierCount, sampleCount) = (frameCount, 0)
        layout = file.layout
        try write(HelperBlocks.layoutBlock(layout), to: STDOUT_FILENO)
      }
      try write(HelperBlocks.sampleHead(count: count), to: STDOUT_FILENO)
      // All platforms that Swift supports are little-endian.
      try samples[..<count].withUnsafeBytes { try write($0, to: STDOUT_FILENO) }
      sampleCount += count
      frameCount = earlierCount + sampleCount / layout.channelCount
    }
    return file.warnings
  }

  /// Write errors are ignored: there is no other channel to report them on.
  private static func report(_ end: HelperEnd) {
    try? write(helperLine(end), to: STDERR_FILENO)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
    try bytes.withUnsafeBytes { try write($0, to: descriptor) }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemError(code: errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// Ends the process as soon as the reader closes its output, even if the decoder hangs.
  private static func endWithReader() {
    DispatchQueue(label: "maest.decode-helper.reader").async {
      var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
      while poll(&output, 1, -1) <= 0 {}
      _exit(1)
    }
  }

  private static func limitResources() {
    #if canImport(Glibc)
      let (memory, core) = (
        __rlimit_resource_t(RLIMIT_AS.rawValue), __rlimit_resource_t(RLIMIT_CORE.rawValue)
      )
    #else
      let (memory, core) = (RLIMIT_AS, RLIMIT_CORE)
    #endif
    var limit = rlimit()
    getrlimit(memory, &limit)
    limit.rlim_cur = min(limit.rlim_cur, rlim_t(memoryLimit))
    setrlimit(memory, &limit)
    limit = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(core, &limit)
  }
}
