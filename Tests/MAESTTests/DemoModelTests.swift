import Foundation
import MAEST
import MAESTDemoWeights
import MAESTFiles
import MAESTHub
import MAESTTestSupport
import Testing

/// The bundled model hears what the clips beside it are.
@Suite struct DemoModelTests {
  /// What is taken where nobody names a model and none is installed.
  private func model() throws -> MAESTModel {
    let locator = ModelLocator(
      logger: .silent, environment: [:], modelFolder: URL(filePath: "/nowhere"),
      demoGraphPath: DemoWeights.graphPath)
    return try MAESTModel(path: locator.path(named: nil))
  }

  private func path(ofClip name: String) -> String {
    Documentation.path("Weights/demo/clips/\(name).flac")
  }

  @Test(arguments: [
    ("breakbeat", "Drums---Breakbeat"), ("minor-chord", "Chord---Minor"),
    ("rising-scale", "Notes---Scale Up"),
    ("bell", "Instrument---Bell"), ("talking", "Voice---Talking"),
  ])
  func aClipIsWhatItsNameSays(clip: String, label: String) throws {
    let tags = try model().analyze(fileAt: path(ofClip: clip)).topTags(2)
    #expect(tags.first?.label == label)
    #expect(tags[0].activation > 0.75, "\(tags[0])")
    #expect(tags[1].activation < 0.4, "\(tags[1])")
  }

  @Test func theMedleyChangesFromPatchToPatch() throws {
    let analysis = try model().analyze(fileAt: path(ofClip: "medley"))
    let tags = try analysis.patches.compactMap { try $0.topTags(1, labels: analysis.labels).first }
    #expect(
      tags.map(\.label) == [
        "Motion---Siren", "Drums---Four on the Floor", "Instrument---Organ", "Notes---Arpeggio Down",
      ])
    #expect(tags.allSatisfy { $0.activation > 0.8 }, "\(tags)")
  }

  /// All files are those of one run of `train_demo.py`.
  @Test func thePassportIsThatOfTheFiles() throws {
    struct Passport: Decodable { let sha256: [String: String] }
    let folder = Documentation.path("Weights/demo")
    let passport = "maest-5s-demo-sounds-passport.json"
    let digests = try JSONDecoder().decode(
      Passport.self, from: Data(contentsOf: URL(filePath: "\(folder)/\(passport)"))
    ).sha256
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
      !$0.hasSuffix(passport) && $0.contains(".")
    }
    #expect(names.count == 8)
    for name in names {
      var digest = SHA256Digest()
      try Data(contentsOf: URL(filePath: "\(folder)/\(name)")).withUnsafeBytes { digest.update($0) }
      let found = digest.finalize()
      #expect(digests[name] == found, "\(name)")
    }
  }
}
