import Foundation
import MAEST
import MAESTHub
import MAESTTestSupport
import Testing

/// The list of official models, and names.
@Suite struct CatalogueTests {
  @Test func everyOfficialModelIsThere() throws {
    let catalogue = ModelCatalogue.official
    let kinds = ["5s-pw", "10s-dw", "10s-fs", "10s-pw", "20s-pw", "30s-pw", "30s-pw-ts", "30s-pw-519l"]
    #expect(Set(catalogue.models.map(\.name)) == Set(kinds.flatMap { ["\($0)-1", "\($0)-2"] }))
    #expect(catalogue.aliases == Dictionary(uniqueKeysWithValues: kinds.map { ($0, "\($0)-2") }))
    for model in catalogue.models {
      let start = "feature-extractors/maest/discogs-maest-\(model.name)"
      #expect(model.graph.path == start + ".pb" && model.metadata.path == start + ".json")
      #expect(model.onnx?.path == (model.name.hasSuffix("-2") ? start + ".onnx" : nil))
      #expect(model.labelCount == (model.name.contains("519l") ? 519 : 400))
      #expect(model.name.hasPrefix("\(model.seconds)s-"))
    }
    #expect(Set(catalogue.heads.map(\.model)) == Set(kinds.map { "\($0)-2" }))
    for head in catalogue.heads {
      #expect(head.graph.path.hasPrefix("classification-heads/genre_discogs\(head.labelCount)/\(head.name)."))
      #expect(head.name.hasSuffix("-discogs-maest-\(head.model.dropLast(2))-1"))
    }
    #expect(catalogue.licence.name == "CC BY-NC-SA 4.0")
    #expect(
      catalogue.models.first?.graph.address(below: catalogue.baseURL)
        == "https://essentia.upf.edu/models/feature-extractors/maest/discogs-maest-5s-pw-1.pb")
  }

  @Test func whatIsKnownOfFiles() throws {
    let catalogue = ModelCatalogue.official
    let model = try #require(catalogue.model(named: "30s-pw-519l"))
    #expect(model.graph.sha256 == "92783feb21187443d058b4f16d7a76f47888d43fbdc7a28e8bcc8e024603bd20")
    #expect(model.onnx?.byteCount == 348_052_337)
    let first = try #require(catalogue.model(named: "30s-pw-1")?.graph)
    #expect(first.byteCount == 350_023_292)
    #expect(first.sha256 == "4140c0ce46c993da48fc1cc58d0cb317631f1043bc2ee735cc573fa66a25b4d5")
  }

  @Test(arguments: ["30s-pw", "30s-pw-2", "30S-PW", "discogs-maest-30s-pw-2"])
  func namesOfOneModel(name: String) {
    #expect(ModelCatalogue.official.model(named: name)?.name == "30s-pw-2")
  }

  @Test(arguments: ["", "30s", "30s-pw-3", "../30s-pw", "30s-pw-2.pb"])
  func namesOfNone(name: String) {
    #expect(ModelCatalogue.official.model(named: name) == nil)
  }

  @Test func whoeverMistypesIsHelped() throws {
    let store = ModelStore(folder: URL(filePath: "/nowhere"))
    let nearest = { (name: String) throws -> [String] in
      guard case .unknownModel(_, let nearest) = try ModelCatalogue.official.unknownModel(name, among: store)
      else {
        return []
      }
      return nearest
    }
    #expect(try nearest("30s-pw-519") == ["30s-pw-519l", "30s-pw-519l-1", "30s-pw-519l-2"])
    #expect(try nearest("5s-wp").first == "5s-pw")
    #expect(try nearest("30s_pw_519l_2").first == "30s-pw-519l-2")
    #expect(try nearest("magic").isEmpty)
    #expect(try nearest(String(repeating: "x", count: 100_000)).isEmpty)
  }

  @Test(arguments: [
    ("5s-tiny-2\"", "../5s-tiny-2\""), ("maest/discogs-maest-5s-tiny-2.pb", "../x.pb"),
    ("maest/discogs-maest-5s-tiny-2.pb", "/etc/x.pb"), ("maest/discogs-maest-5s-tiny-2.json", "maest/.part"),
    ("maest/discogs-maest-5s-tiny-2.json", "maest/a b"),
    ("{\"5s-tiny\": \"5s-tiny-2\"}", "{\"x\": \"none\"}"),
    ("{\"5s-tiny\": \"5s-tiny-2\"}", "{\"5s-tiny-2\": \"5s-tiny-2\"}"), ("\"models\"", "\"modelle\""),
    ("\"labelCount\": 400", "\"labelCount\": -1"), ("\"seconds\": 5", "\"seconds\": 0"),
    (".pb\"", ".pb\", \"sha256\": \"AB\""), (".pb\"", ".pb\", \"byteCount\": -1"), ("]}", "]"),
  ])
  func listsThatAreRefused(change: (found: String, replacement: String)) throws {
    let good = String(decoding: InstallationBench.catalogueJSON(), as: UTF8.self)
    try #require(good.contains(change.found))
    let bad = good.replacingOccurrences(of: change.found, with: change.replacement)
    let error = #expect(throws: CatalogueError.self) {
      try ModelCatalogue(json: Data(bad.utf8), origin: "mine.json")
    }
    #expect(error.map { "\($0)" }?.hasPrefix("mine.json: cannot use this list of models") == true)
  }
}

/// Models named on the command line.
@Suite struct CatalogueNameTests {
  private func locator(_ folder: String, environment: [String: String] = [:]) -> ModelLocator {
    ModelLocator(
      logger: .silent, environment: environment, modelFolder: URL(filePath: folder), demoGraphPath: "demo",
      catalogue: .official)
  }

  @Test func namesOfInstalledModels() throws {
    try withTemporaryFolder { folder in
      for name in ["30s-pw-2", "30s-pw-1", "my_own"] {
        try TinyModel.write(to: folder + "/\(name).safetensors")
      }
      let locator = locator(folder)
      #expect(try locator.path(named: "30s-pw") == folder + "/30s-pw-2.safetensors")
      #expect(try locator.path(named: "30s-pw-1") == folder + "/30s-pw-1.safetensors")
      #expect(try locator.path(named: "discogs-maest-30s-pw-2") == folder + "/30s-pw-2.safetensors")
      #expect(try locator.path(named: "my_own") == folder + "/my_own.safetensors")
      #expect(
        try self.locator(folder, environment: ["MAEST_MODEL": "30s-pw"]).path(named: nil)
          == folder + "/30s-pw-2.safetensors")
    }
  }

  @Test func namesThatAreNotInstalled() throws {
    let locator = locator("/nowhere")
    let error = #expect(throws: CatalogueError.notInstalled(name: "30s-pw-519l-2", folder: "/nowhere")) {
      try locator.path(named: "30s-pw-519l")
    }
    #expect(error.map { "\($0)" }?.contains("30s-pw-519l-2 is not in") == true)
    #expect(
      throws: CatalogueError.unknownModel(name: "30s-pe-2", nearest: ["30s-pw-2", "10s-pw-2", "20s-pw-2"])
    ) {
      try locator.path(named: "30s-pe-2")
    }
  }

  @Test func pathsStayPaths() throws {
    try withTemporaryFolder { folder in
      let locator = locator(folder)
      for path in ["mine.safetensors", "/nowhere", "./30s-pw-2", "..", "a b", ""] {
        #expect(try locator.path(named: path) == path)
      }
      try TinyModel.write(to: folder + "/file")
      #expect(try locator.path(named: folder + "/file") == folder + "/file")
    }
  }
}
