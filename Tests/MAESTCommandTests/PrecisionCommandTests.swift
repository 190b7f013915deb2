import Foundation
import MAESTTestSupport
import Testing

/// `--precision` of every command, and what their outputs say of it.
@Suite struct PrecisionCommandTests {
  private static let bfloat16 = ["--precision", "bf16", "--allow-emulation"]
  private static let fixedPoint = ["--precision", "int16", "--allow-emulation"]

  /// A folder with a tiny model and some noise.
  private func withModel(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/tiny.safetensors")
      try WAVFile.noise(seconds: 3, seed: 1).write(to: URL(filePath: folder + "/x.wav"))
      try body(folder)
    }
  }

  private func run(
    _ arguments: [String], folder: String, environment: [String: String] = [:], input: Data? = nil
  ) throws -> Program.Result {
    try Program.maest.run(
      arguments + ["--model", "tiny.safetensors"], folder: folder, environment: environment, input: input)
  }

  @Test(arguments: [
    ["tag", "x.wav", "--json"], ["tag", "x.wav", "--json", "--all"], ["tag", "x.wav", "--json", "--curve"],
    ["tag", "x.wav", "--output", "layer 2"], ["stream"], ["embed", "x.wav"],
    ["embed", "x.wav", "-o", "x.npy", "--layer", "2", "--json"],
    ["tokens", "x.wav", "--layer", "2", "-o", "x.npz", "--json"],
    ["attention", "x.wav", "--layer", "2", "-o", "x.safetensors", "--json"],
  ])
  func everyJSONTellsThePrecision(arguments: [String]) throws {
    try withModel { folder in
      let arguments = arguments.first == "embed" ? arguments + ["--layer", "2"] : arguments
      let input = arguments == ["stream"] ? try Data(contentsOf: URL(filePath: folder + "/x.wav")) : nil
      var outputs: Set<String> = []
      for (options, precision) in [
        ([], "exact"), (["--precision", "high", "--allow-emulation"], "high"),
        (Self.bfloat16, "bf16"), (Self.fixedPoint, "int16"),
      ] {
        let result = try run(arguments + options, folder: folder, input: input)
        #expect(result.exitCode == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        #expect(
          !lines.isEmpty && lines.allSatisfy { $0.contains(#""precision":"\#(precision)""#) },
          "\(lines.first ?? "")")
        outputs.insert(result.output)
      }
      #expect(outputs.count == 4)
    }
  }

  @Test(arguments: [
    ["tag", "x.wav"], ["tag", "x.wav", "--curve"], ["tokens", "x.wav", "--layer", "2", "-o", "x.npy"],
    ["embed", "x.wav", "--layer", "2", "-o", "x.npz"], ["picture", "norms", "x.wav", "-o", "x.svg"],
    ["report", "x.wav", "-o", "x.html"], ["tag", "x.wav", "--output", "layer 2", "--npy", "x.npy"],
  ])
  func tablesTellWherePrecisionIsNotExact(arguments: [String]) throws {
    try withModel { folder in
      let exact = try run(arguments, folder: folder)
      #expect(exact.exitCode == 0 && !exact.output.contains("exact"), "\(exact.errors)")
      let result = try run(arguments + Self.fixedPoint, folder: folder)
      let title = result.output.split(separator: "\n").first ?? ""
      #expect(result.exitCode == 0 && title.contains(", int16"), "\(result)")
      if arguments[0] == "report" {
        let html = try String(contentsOfFile: folder + "/x.html", encoding: .utf8)
        #expect(html.contains("<dt>Precision</dt><dd><bdi>int16</bdi></dd>"))
      }
    }
  }

  /// Without tiles, as MAEST_CPU makes any CPU, they are refused, and auto is exact.
  @Test func withoutTiles() throws {
    try withModel { folder in
      let baseline = ["MAEST_CPU": "baseline"]
      for (precision, missing) in [("high", "AMX"), ("bf16", "AMX"), ("int16", "AVX2"), ("fast", "AVX2")] {
        let refused = try run(
          ["tag", "x.wav", "--precision", precision], folder: folder, environment: baseline)
        #expect(
          refused.exitCode == 1 && refused.output.isEmpty && refused.errorLines.count == 1, "\(refused)")
        #expect(refused.errors.contains(missing), "\(refused.errors)")
      }
      let automatic = try run(
        ["tag", "x.wav", "--json", "--precision", "auto"], folder: folder, environment: baseline)
      #expect(automatic.output.contains(#""precision":"exact""#), "\(automatic)")
      let wrong = try run(["tag", "x.wav", "--precision", "double"], folder: folder)
      #expect(wrong.exitCode == 64 && wrong.errors.contains("auto"), "\(wrong.errors)")

      let system = try Program.maest.run(["info", "--system"], folder: folder, environment: baseline)
      #expect(
        system.output.contains(
          "Precisions: exact\nPrecision auto: exact\nPrecision fast: none without emulation\n"), "\(system)")
      let emulated = try Program.maest.run(
        ["info", "--system"] + Self.bfloat16, folder: folder, environment: baseline)
      #expect(emulated.output.contains("Tiles: bf16 precision, emulated (baseline)\n"), "\(emulated)")
    }
  }

  @Test func aModelsFacts() throws {
    try withModel { folder in
      let table = try Program.maest.run(["info", "tiny.safetensors"], folder: folder)
      #expect(table.output.contains("precision exact\n"), "\(table)")
      let json = try Program.maest.run(
        ["info", "tiny.safetensors", "--json"] + Self.fixedPoint, folder: folder)
      #expect(json.output.contains(#""precision":"int16""#), "\(json)")
    }
  }

  // MARK: - Libraries

  private func annotate(_ out: String, _ arguments: [String] = [], folder: String) throws -> Program.Result {
    try run(["annotate", "x.wav", "--relative-to", ".", "--out", out] + arguments, folder: folder)
  }

  @Test(arguments: ["x.jsonl", "x.sqlite", "annotations"])
  func anOutputOfRecordsHasOnePrecision(out: String) throws {
    try withModel { folder in
      #expect(try annotate(out, folder: folder).exitCode == 0)
      for arguments in [Self.fixedPoint, Self.fixedPoint + ["--dry-run"], Self.fixedPoint + ["--force"]] {
        let other = try annotate(out, arguments, folder: folder)
        #expect(other.exitCode == 2 && other.output.isEmpty && other.errorLines.count == 1, "\(other)")
        #expect(other.errors.hasPrefix("maest: \(out): the 1 record there"), "\(other.errors)")
        #expect(other.errors.contains("precision int16 (there exact)"), "\(other.errors)")
      }
      let again = try annotate(out, folder: folder)
      #expect(again.exitCode == 0 && again.errors.contains("1 up to date"), "\(again.errors)")
    }
  }

  @Test func aMergeHasOnePrecision() throws {
    try withModel { folder in
      #expect(try annotate("exact.jsonl", folder: folder).exitCode == 0)
      #expect(try annotate("int16.jsonl", Self.fixedPoint, folder: folder).exitCode == 0)
      let record = try String(contentsOfFile: folder + "/int16.jsonl", encoding: .utf8)
      #expect(record.contains(#""precision":"int16""#))
      func merge(_ arguments: [String]) throws -> Program.Result {
        try Program.maest.run(
          ["merge", "exact.jsonl", "int16.jsonl", "--out", "all.jsonl"] + arguments, folder: folder)
      }
      let mixed = try merge([])
      #expect(mixed.exitCode == 1 && mixed.errorLines.count == 1, "\(mixed)")
      #expect(mixed.errors.contains("int16.jsonl: has records of model"), "\(mixed.errors)")
      #expect(mixed.errors.contains("precision int16") && mixed.errors.contains("--mixed"))
      let fixedPoint = try merge(["--precision", "int16"])
      #expect(
        fixedPoint.exitCode == 0 && fixedPoint.output.contains("1 left out, of another precision"),
        "\(fixedPoint)")
      #expect(try String(contentsOfFile: folder + "/all.jsonl", encoding: .utf8) == record)
      for precision in ["auto", "fast"] {
        #expect(try merge(["--precision", precision, "--force"]).exitCode == 64)
      }
    }
  }
}
