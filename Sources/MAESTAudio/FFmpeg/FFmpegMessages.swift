/// What the ffmpeg program printed on standard error with the log level `level+info`: lines such as
/// `[aac @ 0x5581] [error] Reserved bit set.` and a description of the file with the line
/// `[info]   Duration: 00:00:12.05, start: 0.000000`.
package struct FFmpegMessages {
  /// The bytes at the end of the output that are kept: the description at its beginning is short, and damage in every
  /// packet gives many lines.
  static let keptLength = 1 << 20

  /// The number of lines that report an error.
  package let errorCount: Int

  /// The last error, without the part of ffmpeg and the level.
  package let lastError: String?

  /// The duration of the file that its container gives, in seconds; nil if it gives none.
  package let duration: Double?

  /// - Parameter text: lines without a level, which programs print that run ffmpeg, are errors.
  package init(_ text: String) {
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
    let errors = lines.filter { line in
      !Self.harmlessLevels.contains { line.contains($0) }
    }
    errorCount = errors.count
    lastError = (errors.last { !$0.contains("Conversion failed") } ?? errors.last).map(Self.plain)
    duration = lines.lazy.compactMap(Self.duration).first
  }

  private static let harmlessLevels = ["[info]", "[warning]", "[verbose]", "[debug]", "[trace]"]

  /// The text after the level, without control characters and at most 300 characters of it.
  private static func plain(_ line: Substring) -> String {
    let text = line.split(separator: "] ").last.map { $0 } ?? line
    let scalars = text.unicodeScalars.filter { $0.properties.generalCategory != .control }
    return String(String(String.UnicodeScalarView(scalars)).prefix(300))
  }

  /// The seconds in a line with `Duration: 01:02:03.45`.
  private static func duration(_ line: Substring) -> Double? {
    guard let range = line.firstRange(of: "Duration: ") else { return nil }
    let parts = line[range.upperBound...].prefix { $0 != "," }.split(separator: ":").map { Double($0) }
    guard parts.count == 3, let hours = parts[0], let minutes = parts[1], let seconds = parts[2] else {
      return nil
    }
    return 3600 * hours + 60 * minutes + seconds
  }
}
