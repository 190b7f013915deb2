/// A CUE sheet: which tracks an album's audio files have, and where they begin.
struct CueSheet: Sendable {
  /// A track, as far as the sheet describes it.
  struct Entry: Sendable {
    var number: Int
    /// False for tracks of data.
    var isAudio: Bool
    var title: String?
    var performer: String?
    /// The time of `INDEX 01` in seconds.
    var start: Double?
    /// The earliest time of any index.
    var earliest: Double?
    /// The first index of the track that cannot be understood.
    var problem: CueSheetError?
  }

  /// The tracks of one `FILE`.
  struct File: Sendable {
    /// The name without folders; empty for tracks before any `FILE`.
    var name: String
    var entries: [Entry] = []
  }

  /// Path of the sheet, for errors.
  let path: String
  private(set) var performer: String?
  private(set) var files: [File] = []

  /// Reads a sheet. Commands may be in upper or lower case; those that are not needed are skipped.
  ///
  /// - Parameters:
  ///   - text: the sheet.
  ///   - path: path of the sheet, for errors.
  init(_ text: String, path: String) {
    self.path = path
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() { read(line, number: index + 1) }
    files.removeAll { $0.entries.isEmpty }
  }

  private mutating func read(_ line: Substring, number: Int) {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard let command = words.first?.uppercased() else { return }
    let rest = Self.trimmed(line.drop(while: \.isWhitespace).drop { !$0.isWhitespace })
    switch command {
    case "FILE": files.append(File(name: Self.fileName(rest)))
    case "TRACK": beginTrack(words)
    case "TITLE": change { $0.title = Self.text(rest) }
    case "PERFORMER":
      if !change({ $0.performer = Self.text(rest) }) { performer = performer ?? Self.text(rest) }
    case "INDEX": addIndex(words, line: number)
    default: break
    }
  }

  /// Changes the track that was begun last.
  ///
  /// - Returns: false if there is none yet.
  @discardableResult
  private mutating func change(_ body: (inout Entry) -> Void) -> Bool {
    guard let file = files.indices.last, let entry = files[file].entries.indices.last else { return false }
    body(&files[file].entries[entry])
    return true
  }

  private mutating func beginTrack(_ words: [Substring]) {
    guard words.count >= 2, let number = Int(words[1]), (0...999).contains(number) else { return }
    if files.isEmpty { files.append(File(name: "")) }
    let isAudio = words.count < 3 || words[2].uppercased() == "AUDIO"
    files[files.count - 1].entries.append(Entry(number: number, isAudio: isAudio))
  }

  private mutating func addIndex(_ words: [Substring], line: Int) {
    guard words.count >= 2, let number = Int(words[1]) else { return }
    let text = words.dropFirst(2).joined(separator: " ")
    guard let time = Self.seconds(text) else {
      let error = CueSheetError.invalidTime(sheet: path, line: line, found: text)
      change { $0.problem = $0.problem ?? error }
      return
    }
    change { entry in
      entry.earliest = min(entry.earliest ?? time, time)
      if number == 1, entry.start == nil { entry.start = time }
    }
  }

  /// Converts MM:SS:FF, 75 frames a second, to seconds; nil for anything else.
  static func seconds(_ text: String) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.allSatisfy { ("0"..."9").contains($0) } ? Int(part) : nil
    }
    guard parts.count == 3, numbers.count == 3, numbers[0] <= 100_000, numbers[1] < 60, numbers[2] < 75 else {
      return nil
    }
    return Double((numbers[0] * 60 + numbers[1]) * 75 + numbers[2]) / 75
  }

  // MARK: - Words

  /// The name of a `FILE` command, which the file's type follows: in quotes, or up to the last word.
  private static func fileName(_ rest: Substring) -> String {
    let name: Substring
    if rest.first == "\"" {
      name = quoted(rest)
    } else {
      let type = rest.split(whereSeparator: \.isWhitespace).last
      name = trimmed(type.map { rest.dropLast($0.count) } ?? rest)
    }
    return name.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
  }

  /// A text with or without quotes; nil if it is empty.
  private static func text(_ rest: Substring) -> String? {
    let text = rest.first == "\"" ? quoted(rest) : rest
    return text.isEmpty ? nil : String(text)
  }

  /// What is between the first and the last quote: titles may have quotes in them.
  private static func quoted(_ text: Substring) -> Substring {
    let inside = text.dropFirst()
    return inside.lastIndex(of: "\"").map { inside[..<$0] } ?? inside
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let rest = text.drop(while: \.isWhitespace)
    return rest.lastIndex { !$0.isWhitespace }.map { rest[...$0] } ?? ""
  }
}
