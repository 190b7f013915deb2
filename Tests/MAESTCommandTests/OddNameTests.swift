import Foundation
import MAESTFiles
import MAESTTestSupport
import Testing

/// Names with line breaks, escape sequences, quotes and commas: exact for programs, harmless on a terminal.
@Suite struct OddNameTests {
  private static let names = ["escape\u{1B}[31m.wav", "line\nbreak.wav", "a, \"b\".wav", "k\u{EFE4}se.wav"]
  private static let shown = [#"escape\x1b[31m.wav"#, #"line\nbreak.wav"#, "a, \"b\".wav", #"k\xe4se.wav"#]

  /// A tiny model, and the names in a folder `music`; `bad` of them are no audio.
  private func withOddNames(bad: Bool = false, _ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/tiny.safetensors")
      try Folders.make(folder + "/music")
      for name in Self.names {
        let sound = bad ? Data("no sound".utf8) : WAVFile.noise(seconds: 1.5, seed: 1)
        try AtomicFile.write(sound, to: "\(folder)/music/\(name)")
      }
      try body(folder)
    }
  }

  private func run(_ arguments: [String], _ folder: String) throws -> Program.Result {
    try Program.maest.run(arguments + ["--model", "tiny.safetensors"], folder: folder)
  }

  private func expectHarmless(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let raw = text.unicodeScalars.filter {
      $0.value < 0x20 && $0 != "\n" || (0xEF80...0xEFFF).contains($0.value)
    }
    #expect(raw.isEmpty, "\(text)", sourceLocation: sourceLocation)
  }

  /// The records of CSV, read as RFC 4180 says.
  private func records(ofCSV text: String) -> [[String]] {
    var (records, fields, field, isQuoted): ([[String]], [String], [UInt8], Bool) = ([], [], [], false)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""):
        isQuoted.toggle()
        field.append(byte)
      case UInt8(ascii: ",") where !isQuoted, UInt8(ascii: "\n") where !isQuoted:
        var value = String(decoding: field, as: UTF8.self)
        if byte == UInt8(ascii: "\n") { value.unicodeScalars.removeAll { $0 == "\r" } }
        if value.hasPrefix("\"") {
          value = String(value.dropFirst().dropLast()).replacing("\"\"", with: "\"")
        }
        fields.append(value)
        field = []
        if byte == UInt8(ascii: "\n") {
          records.append(fields)
          fields = []
        }
      default: field.append(byte)
      }
    }
    return records
  }

  @Test(arguments: [[], ["--curve"], ["--per-patch"]])
  func `CSV has the names themselves`(options: [String]) throws {
    try withOddNames { folder in
      let result = try run(["tag", "music", "--csv", "--top", "1"] + options, folder)
      #expect(result.exitCode == 0 && result.errors.isEmpty, "\(result.errors)")
      let rows = records(ofCSV: result.output)
      #expect(rows.first == ["file", "start", "end", "label", "activation"])
      #expect(rows.allSatisfy { $0.count == 5 })
      #expect(Set(rows.dropFirst().map { $0[0] }) == Set(Self.names.map { "music/" + $0 }))
      #expect(result.output.utf8.count { $0 == 0x0D } == rows.count, "each row ends with CR and LF")
    }
  }

  @Test(arguments: [
    ["tag"], ["tag", "--curve"], ["report", "--out-dir", "made"],
    ["embed", "--layer", "2", "--out-dir", "made"],
  ])
  func `tables and lines for people show them escaped`(command: [String]) throws {
    try withOddNames { folder in
      let result = try run(command + ["music"], folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      expectHarmless(result.output)
      for name in Self.shown {
        let stem = name.replacing(".wav", with: "")
        #expect(result.output.contains(command[0] == "embed" ? stem : name), "\(result.output)")
      }
    }
  }

  @Test(arguments: [["tag"], ["tag", "--json"], ["annotate", "--out", "-"], ["embed", "--layer", "2"]])
  func `a failure is one line`(command: [String]) throws {
    try withOddNames(bad: true) { folder in
      let result = try run(command + ["music"], folder)
      #expect(result.exitCode == 1)
      expectHarmless(result.errors)
      for name in Self.shown {
        let lines = result.errorLines.filter { $0.contains(name) }
        #expect(lines.count == 1, "\(name): \(result.errors)")
      }
    }
  }

  @Test func `a file that is missing, and arguments that are wrong`() throws {
    try withOddNames { folder in
      let missing = try run(["tag", "gone\u{1B}[2J\n.wav"], folder)
      #expect(missing.exitCode == 1 && missing.errorLines.count == 1)
      #expect(missing.errors.hasPrefix(#"maest: gone\x1b[2J\n.wav: "#), "\(missing.errors)")
      for arguments in [["tag", "x.wav", "--top", "\u{1B}[2J"], ["tag", "x.wav", "--start", "\u{1B}[2J"]] {
        let usage = try Program.maest.run(arguments, folder: folder)
        #expect(usage.exitCode == 64 && usage.errors.contains(#"\x1b[2J"#), "\(usage.errors)")
        expectHarmless(usage.errors)
      }
    }
  }

  @Test func `a dry run lists one track a line`() throws {
    try withOddNames { folder in
      let result = try run(["annotate", "music", "--out", "x.jsonl", "--dry-run"], folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == Self.names.count)
      #expect(Self.shown.allSatisfy { name in lines.contains { $0.hasSuffix("/music/" + name) } }, "\(lines)")
    }
  }
}
