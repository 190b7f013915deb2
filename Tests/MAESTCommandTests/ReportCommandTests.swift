import Foundation
import MAESTTestSupport
import Testing

/// `maest report`, `maest picture` and `maest compare`.
@Suite struct ReportCommandTests {
  private static let clip = Documentation.path("Weights/demo/clips/medley.flac")

  /// A folder with the demo model's weights in "m.safetensors".
  private func withDemoModel(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let graph = Documentation.path("Weights/demo/maest-5s-demo-sounds-2.pb")
      let conversion = try Program.convert.run([graph, "-o", "m.safetensors", "--quiet"], folder: folder)
      try #require(conversion.exitCode == 0, "\(conversion)")
      try body(folder)
    }
  }

  /// What the programs left, without what they printed.
  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .filter { !$0.hasPrefix("output-") && !$0.hasPrefix("errors-") }
  }

  @Test func aPageAboutATrack() throws {
    try withDemoModel { folder in
      let result = try Program.maest.run(["report", Self.clip, "--model", "m.safetensors"], folder: folder)
      #expect(
        result.exitCode == 0 && result.output == "medley.html: a page about \(Self.clip)\n", "\(result)")
      let html = try String(contentsOfFile: folder + "/medley.html", encoding: .utf8)
      #expect(html.hasPrefix("<!DOCTYPE html>") && html.contains("Instrument---Organ"))
      #expect(try names(in: folder) == ["m.safetensors", "medley.html"])
    }
  }

  @Test(arguments: ["mel", "tags", "taggram", "attention", "rollout", "norms", "similarity"])
  func aPictureOfEachKind(_ kind: String) throws {
    try withDemoModel { folder in
      for name in ["picture.png", "picture.svg"] {
        let result = try Program.maest.run(
          ["picture", kind, Self.clip, "--model", "m.safetensors", "-o", name], folder: folder)
        #expect(result.exitCode == 0 && result.output == "\(name): \(kind) of \(Self.clip)\n", "\(result)")
      }
      let png = try Data(contentsOf: URL(filePath: folder + "/picture.png"))
      #expect(png.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
      #expect(try String(contentsOfFile: folder + "/picture.svg", encoding: .utf8).contains("<svg"))
    }
  }

  @Test func twoBackendsSideBySide() throws {
    struct Summary: Decodable {
      struct Layer: Decodable {
        let layer: Int
        let relativeError, meanCosine: Double
      }
      let patchCount: Int
      let layers: [Layer]
      let topAgreement: Double
    }
    try withDemoModel { folder in
      let arguments = [
        "compare", "m.safetensors", "m.safetensors", Self.clip, "--reference-backend", "reference",
      ]
      let json = try Program.maest.run(arguments + ["--json"], folder: folder)
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let summary = try decoder.decode(Summary.self, from: Data(json.output.utf8))
      #expect(json.output.contains("\"relative_error\":"))
      // A file that fails does not stop the others, whose result stays the same; it is a line before.
      let partly = try Program.maest.run(arguments + ["missing.wav", "--json"], folder: folder)
      #expect(partly.exitCode == 1 && partly.output.hasSuffix("}\n" + json.output), "\(partly)")
      #expect(summary.patchCount == 4 && summary.layers.map(\.layer) == Array(1...12))
      #expect(summary.layers.allSatisfy { $0.relativeError > 0 && $0.relativeError < 1e-5 })
      #expect(summary.layers.allSatisfy { abs($0.meanCosine - 1) < 1e-6 } && summary.topAgreement > 0.9)
      let table = try Program.maest.run(arguments + ["--picture", "difference.svg"], folder: folder)
      #expect(table.exitCode == 0 && table.output.contains("layer  relative error  mean cosine"))
      #expect(FileManager.default.fileExists(atPath: folder + "/difference.svg"))
    }
  }

  @Test(arguments: [
    ["picture", "mel", "x.wav", "-o", "x.jpg"], ["picture", "song", "x.wav", "-o", "x.png"],
    ["picture", "tags", "x.wav", "-o", "x.png", "--top", "0"],
    ["picture", "tags", "x.wav", "-o", "x.png", "--scale", "9"],
    ["picture", "norms", "x.wav", "-o", "x.png", "--detail", "101"],
    ["picture", "norms", "x.wav", "-o", "x.png", "--windows", "3"],
    ["picture", "mel", "x.wav", "-o", "x.png", "--hop-seconds", "1"],
    ["report", "x.wav", "--detail", "-1"], ["report", "x.wav", "--top", "0"],
    ["compare", "a", "b", "x.wav", "--picture", "x.pdf"], ["compare", "a", "b"],
  ])
  func wrongCommandLines(_ arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(arguments, folder: folder)
      #expect(result.exitCode == 64, "\(arguments)")
    }
  }

  @Test func failuresAreOneLineAndLeaveNothing() throws {
    try withDemoModel { folder in
      for (arguments, exitCode) in [
        (["report", "missing.wav", "--model", "m.safetensors"], 1),
        (["picture", "mel", "missing.wav", "--model", "m.safetensors", "-o", "x.png"], 1),
        (
          [
            "picture", "similarity", Self.clip, "--model", "m.safetensors", "-o", "x.png", "--token", "281",
          ], 1
        ),
        (["report", Self.clip, "--model", "m.safetensors", "-o", "missing/x.html"], 2),
        (["compare", "m.safetensors", "missing.pb", Self.clip], 1),
      ] as [([String], Int32)] {
        let result = try Program.maest.run(arguments, folder: folder)
        #expect(result.exitCode == exitCode && result.output.isEmpty, "\(arguments)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      }
      #expect(try names(in: folder) == ["m.safetensors"])
    }
  }
}
