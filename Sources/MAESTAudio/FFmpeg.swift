#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How the `ffmpeg` program is run for files that libsndfile cannot read: m4a, wma, video and others.
///
/// It gets the file and nothing else: no network, no standard input, no shell between.
public struct FFmpeg: Sendable, Hashable {
  /// The program's path; nil: the first `ffmpeg` in the folders of $PATH.
  public var program: String?

  /// How long the program may give nothing before it is stopped.
  public var stallLimit: Duration

  public init(program: String? = nil, stallLimit: Duration = .seconds(120)) {
    self.program = program
    self.stallLimit = stallLimit
  }

  /// The path of the program to run; nil if there is none.
  public func locate() -> String? {
    program ?? Self.find(inFolders: getenv("PATH").map { String(cString: $0) } ?? "")
  }

  /// - Parameter folders: separated by colons, like $PATH; relative ones are passed over.
  package static func find(inFolders folders: String) -> String? {
    folders.split(separator: ":").filter { $0.hasPrefix("/") }.map { $0 + "/ffmpeg" }
      .first { FileFacts.isProgram($0) }
  }

  /// The file's first audio stream as a WAV stream on standard output, at its own rate and channel count; a
  /// damaged file is a failure, not a gap in the sound.
  ///
  /// - Parameter path: passed with the prefix of the file protocol, so that it is taken for neither an option
  ///   nor an address.
  static func arguments(path: String) -> [String] {
    [
      "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", "-xerror", "-protocol_whitelist", "file",
      "-i", "file:" + path, "-map", "0:a:0?", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1",
    ]
  }
}
