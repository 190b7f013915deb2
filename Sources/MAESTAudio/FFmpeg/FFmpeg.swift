#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How the `ffmpeg` program is run for files that no library here reads: m4a, wma, video and others.
///
/// The program gets access to the file only: no network, no standard input, no shell.
public struct FFmpeg: Sendable, Hashable {
  /// The program's path; nil: the first `ffmpeg` in the folders of $PATH. On macOS, Homebrew's folders are searched
  /// too, because they are missing from the $PATH of programs that the Finder starts.
  public var program: String?

  /// How long the program may write no output before it is stopped.
  public var stallLimit: Duration

  public init(program: String? = nil, stallLimit: Duration = .seconds(120)) {
    self.program = program
    self.stallLimit = stallLimit
  }

  /// The path of the program to run; nil if there is none.
  public func locate() -> String? {
    program ?? Self.find(inFolders: (getenv("PATH").map { String(cString: $0) } ?? "") + Self.furtherFolders)
  }

  /// Folders to search after those of $PATH, each preceded by a colon.
  private static var furtherFolders: String {
    #if os(macOS)
      ":/opt/homebrew/bin:/usr/local/bin"
    #else
      ""
    #endif
  }

  /// - Parameter folders: separated by colons, like $PATH; relative ones are skipped.
  package static func find(inFolders folders: String) -> String? {
    folders.split(separator: ":").filter { $0.hasPrefix("/") }.map { $0 + "/ffmpeg" }
      .first { FileFacts.isProgram($0) }
  }

  /// Arguments that decode one of the file's audio streams to a WAV stream on standard output, at its own rate and
  /// channel count. Its messages begin with their level, as `[error]`.
  ///
  /// - Parameters:
  ///   - path: passed with the prefix `file:`, so that it is not parsed as an option or a URL.
  ///   - audioStream: counted from 1; ffmpeg counts from 0, and refuses a negative number.
  ///   - isTolerant: whether it goes on after damage, or stops there.
  static func arguments(path: String, audioStream: Int, isTolerant: Bool) -> [String] {
    // The "?" makes the stream optional. If an optional stream is missing, ffmpeg uses another one.
    let stream = "0:a:\(max(audioStream, 0) - 1)" + (audioStream == 1 ? "?" : "")
    return [
      "-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info",
    ] + (isTolerant ? [] : ["-xerror"]) + [
      "-protocol_whitelist", "file", "-i", "file:" + path, "-map", stream, "-c:a", "pcm_f32le", "-f", "wav",
      "pipe:1",
    ]
  }

  /// Arguments that print the description of the file's streams to standard error: without an output ffmpeg stops
  /// there.
  static func descriptionArguments(path: String) -> [String] {
    ["-nostdin", "-hide_banner", "-protocol_whitelist", "file", "-i", "file:" + path]
  }

  /// Counts the audio streams in ffmpeg's description of a file, which has lines such as `Stream #0:1(eng): Audio:
  /// aac`. Returns nil if there are no streams at all, as for a file that is neither audio nor video.
  static func audioStreamCount(inDescription text: String) -> Int? {
    let streams = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }
      .filter { $0.hasPrefix("Stream #0:") }
    return streams.isEmpty ? nil : streams.count { $0.contains(": Audio: ") }
  }
}
