import Foundation
import MAESTTestSupport
import Testing

/// Numbers that nobody means, in every option: a wrong command line or one clear line, never a crash.
@Suite struct OddArgumentTests {
  private static let numbers = [
    "nan", "-inf", "1e300", "-1", "0", "9223372036854775807",
  ]

  private static let tag = [
    "--top", "--threshold", "--hop", "--hop-seconds", "--start", "--end", "--windows", "--at", "--patch-size",
    "--threads",
  ]

  /// Runs `maest` with each number for each option on a tiny model and some noise.
  private func run(_ command: [String], _ options: [String], _ rest: [String] = []) throws {
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/tiny.safetensors")
      try WAVFile.noise(seconds: 2, seed: 1).write(to: URL(filePath: folder + "/noise.wav"))
      for option in options {
        for number in Self.numbers {
          let line = command + ["\(option)=\(number)"] + rest
          let result = try Program.maest.run(line, folder: folder)
          #expect([0, 1, 2, 64].contains(result.exitCode), "\(line): \(result)")
          guard result.exitCode != 0 else { continue }
          // What is wrong is said, in words.
          #expect(result.errorLines.first.map { $0.count > 20 } == true, "\(line): \(result)")
          #expect(result.exitCode == 64 || result.errorLines.count == 1, "\(line): \(result)")
        }
      }
    }
  }

  @Test func tagging() throws {
    try run(["tag", "noise.wav", "--model", "tiny.safetensors"], Self.tag)
  }

  @Test func decoding() throws {
    try run(["decode", "noise.wav", "-o", "x.npy"], ["--rate", "--quality"])
  }

  @Test func insideTheNetwork() throws {
    let model = ["--model", "tiny.safetensors"]
    try run(["embed", "noise.wav"] + model, ["--layer"])
    try run(["tokens", "noise.wav", "-o", "x.npz"] + model, ["--layers"])
    try run(["attention", "noise.wav", "-o", "x.npz"] + model, ["--layers", "--queries"])
  }

  @Test func pictures() throws {
    let model = ["--model", "tiny.safetensors"]
    try run(["report", "noise.wav", "-o", "x.html"] + model, ["--top", "--detail"])
    try run(
      ["picture", "similarity", "noise.wav", "-o", "x.svg"] + model, ["--token", "--detail", "--scale"])
  }

  @Test func libraries() throws {
    try run(
      ["annotate", "noise.wav", "--model", "tiny.safetensors", "--out", "-"],
      ["--jobs", "--decode-limit", "--threads", "--shard", "--top"])
  }

  @Test func streams() throws {
    try run(
      ["stream", "--model", "tiny.safetensors", "--format", "s16le"], ["--rate", "--channels", "--batch"])
  }
}
