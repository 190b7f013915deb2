package import Foundation

/// The official models by name: addresses, sizes and SHA-256 of their files.
package struct ModelCatalogue: Codable, Sendable, Hashable {
  /// Base URL of all files.
  package let baseURL: String
  package let licence: ModelLicence
  /// Aliases and the models that they stand for; a name without a version stands for the newest version.
  package let aliases: [String: String]
  package let models: [OfficialModel]
  package let heads: [OfficialHead]

  /// The catalogue built into this package.
  package static let official: ModelCatalogue = {
    do {
      return try ModelCatalogue(json: Data(PackageResources.catalogue_json), origin: "the built-in catalogue")
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  /// Reads a catalogue.
  ///
  /// - Throws: ``CatalogueError/badCatalogue(origin:reason:)``. Names and paths become file names, so unsafe ones are
  ///   rejected.
  package init(json: Data, origin: String) throws(CatalogueError) {
    do { self = try JSONDecoder().decode(ModelCatalogue.self, from: json) } catch {
      throw .badCatalogue(origin: origin, reason: "it is no JSON object of the catalogue's form (\(error))")
    }
    if let flaw = firstFlaw { throw .badCatalogue(origin: origin, reason: flaw) }
  }

  /// The model with this name or alias, or whose official file has this name without the extension.
  package func model(named name: String) -> OfficialModel? {
    var name = name.lowercased()
    if name.hasPrefix(Self.filePrefix) { name.removeFirst(Self.filePrefix.count) }
    let target = aliases[name] ?? name
    return models.first { $0.name == target }
  }

  /// The head with this name, which is the name of its files without the extension.
  package func head(named name: String) -> OfficialHead? {
    let name = name.lowercased()
    return heads.first { $0.name == name }
  }

  /// Aliases of a model, sorted.
  package func aliases(of model: OfficialModel) -> [String] {
    aliases.filter { $0.value == model.name }.keys.sorted()
  }

  /// All model names and aliases, sorted.
  package var allNames: [String] { (models.map(\.name) + aliases.keys).sorted() }

  /// The error for a model name that is neither in the catalogue nor in `store`.
  package func unknownModel(_ name: String, among store: ModelStore) throws(CatalogueError) -> CatalogueError
  {
    let names = Set(allNames + (try store.installedNames()) + heads.map(\.name)).sorted()
    return .unknownModel(name: name, nearest: NearestNames.of(name, among: names))
  }

  /// The error for a head's name that is neither in the catalogue nor in `store`.
  package func unknownHead(_ name: String, among store: ModelStore) throws(CatalogueError) -> CatalogueError {
    let names = Set(heads.map(\.name) + (try store.installedHeads())).sorted()
    return .unknownHead(name: name, nearest: NearestNames.of(name, among: names))
  }

  private static let filePrefix = "discogs-maest-"
}

extension ModelCatalogue {
  /// Whether `name` is a valid model name: 1 to 100 letters, digits, "-" and "_", which are safe in file names.
  package static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.count <= 100
      && name.utf8.allSatisfy { isLetterOrDigit($0) || [UInt8(ascii: "-"), UInt8(ascii: "_")].contains($0) }
  }

  private var firstFlaw: String? {
    let names = models.map(\.name) + aliases.keys + heads.map(\.name)
    if let name = names.first(where: { !Self.isName($0) || $0 != $0.lowercased() }) {
      return "'\(name)' is no name of lower-case letters, digits, '-' and '_'"
    }
    if Set(names).count != names.count { return "a name occurs twice" }
    if let model = models.first(where: { $0.labelCount < 1 || $0.seconds < 1 }) {
      return
        "'\(model.name)' has \(model.labelCount) labels and patches of \(model.seconds) s, expected 1 at least"
    }
    if let head = heads.first(where: { $0.labelCount < 1 }) {
      return "'\(head.name)' has \(head.labelCount) labels, expected 1 at least"
    }
    let targets = Set(models.map(\.name))
    if let alias = aliases.first(where: { !targets.contains($0.value) }) {
      return "alias '\(alias.key)' stands for '\(alias.value)', which is no model"
    }
    if let head = heads.first(where: { !targets.contains($0.model) }) {
      return "'\(head.name)' belongs to '\(head.model)', which is no model"
    }
    let files =
      models.flatMap { [$0.graph, $0.metadata] + [$0.onnx].compactMap(\.self) }
      + heads.flatMap { [$0.graph, $0.metadata] + [$0.onnx].compactMap(\.self) }
    return files.lazy.compactMap(Self.flaw(of:)).first
  }

  private static func flaw(of file: OfficialFile) -> String? {
    let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
    let isSafe = parts.allSatisfy { part in
      !part.isEmpty && !part.hasPrefix(".")
        && part.utf8.allSatisfy { isLetterOrDigit($0) || "-_.".utf8.contains($0) }
    }
    guard isSafe else { return "'\(file.path)' is no plain path" }
    if let count = file.byteCount, count <= 0 { return "'\(file.path)' has \(count) bytes" }
    if let digest = file.sha256, digest.count != 64 || !digest.allSatisfy({ "0123456789abcdef".contains($0) })
    {
      return "'\(file.path)': '\(digest)' is no SHA-256 in lower-case hexadecimal"
    }
    return nil
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
