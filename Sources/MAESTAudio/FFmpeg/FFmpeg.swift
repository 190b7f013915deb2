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
  /// The program's path; nil: the first `ffmpeg` in the folders of $PATH, on macOS also in those of Homebrew, which are
  /// missing from the $PATH of programs that the Finder starts.
  public var program: String?

  /// How long the program may give nothing before it is stopped.
  public var stallLimit: Duration

  public init(program: String? = nil, stallLimit: Duration = .seconds(120)) {
    self.program = program
    self.stallLimit = stallLimit
  }

  /// The path of the program to run; nil if there is none.
  public func locate() -> String? {
    program ?? Self.find(inFolders: (getenv("PATH").map { String(cString: $0) } ?? "") + Self.furtherFolders)
  }

  /// Folders to search after those of $PATH, each after a colon.
  private static var furtherFolders: String {
    #if os(macOS)
      ":/opt/homebrew/bin:/usr/local/bin"
    #else
      ""
    #endif
  }

  /// - Parameter folders: separated by colons, like $PATH; relative ones are passed over.
  package static func find(inFolders folders: String) -> String? {
    folders.split(separator: ":").filter { $0.hasPrefix("/") }.map { $0 + "/ffmpeg" }
      .first { FileFacts.isProgram($0) }
  }

  /// One of the file's audio streams as a WAV stream on standard output, at its own rate and channel count; a
  /// damaged file is a failure, not a gap in the sound.
  ///
  /// - Parameters:
  ///   - path: passed with the prefix of the file protocol, so that it is taken for neither an option nor an address.
  ///   - audioStream: counted from 1; the program counts from 0, and refuses a negative number.
  static func arguments(path: String, audioStream: Int) -> [String] {
    // Where an optional stream is missing, the program takes another one.
    let stream = "0:a:\(max(audioStream, 0) - 1)" + (audioStream == 1 ? "?" : "")
    return [
      "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", "-xerror", "-protocol_whitelist", "file",
      "-i", "file:" + path, "-map", stream, "-c:a", "pcm_f32le", "-f", "wav", "pipe:1",
    ]
  }

  /// Nothing but a description of the file's streams, on standard error: without an output the program stops there.
  static func descriptionArguments(path: String) -> [String] {
    ["-nostdin", "-hide_banner", "-protocol_whitelist", "file", "-i", "file:" + path]
  }

  /// Audio streams in a description by the program: lines such as `Stream #0:1(eng): Audio: aac`; nil for one without any
  /// stream, as of what is no audio and no video.
  static func audioStreamCount(inDescription text: String) -> Int? {
    let streams = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }
      .filter { $0.hasPrefix("Stream #0:") }
    return streams.isEmpty ? nil : streams.count { $0.contains(": Audio: ") }
  }
}
