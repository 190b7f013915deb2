import ArgumentParser
import Foundation

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of what a command prints as JSON.",
    discussion: """
      Without a name it lists all schemas. They are JSON Schema, draft 2020-12; 'common' has what they share, which they
      refer to as common.schema.json.

      Examples:
        maest schema
        maest schema tag
        for name in $(maest schema | cut -d ' ' -f 1); do maest schema $name > $name.schema.json; done
      """)

  @Argument(
    help: "Name of a schema.", completion: .list(SchemaFile.all.map(\.name)))
  var name: String?

  func validate() throws {
    guard let name, SchemaFile.named(name) == nil else { return }
    throw ValidationError(
      "there is no schema '\(name)': expected \(SchemaFile.all.map(\.name).joined(separator: ", "))")
  }

  func run() throws {
    if let name, let file = SchemaFile.named(name) {
      print(file.text, terminator: "")
    } else {
      let rows = try attempt { try SchemaFile.all.map { [$0.name, try $0.title()] } }
      for line in tableLines(rows, numbers: 2...2) { print(line) }
    }
  }
}

/// A schema file, embedded in the program.
struct SchemaFile {
  let name: String
  private let bytes: [UInt8]

  static let all = [
    SchemaFile(name: "common", bytes: PackageResources.common_schema_json),
    SchemaFile(name: "tag", bytes: PackageResources.tag_schema_json),
    SchemaFile(name: "node", bytes: PackageResources.node_schema_json),
    SchemaFile(name: "stream", bytes: PackageResources.stream_schema_json),
    SchemaFile(name: "arrays", bytes: PackageResources.arrays_schema_json),
    SchemaFile(name: "written", bytes: PackageResources.written_schema_json),
    SchemaFile(name: "record", bytes: PackageResources.record_schema_json),
    SchemaFile(name: "progress", bytes: PackageResources.progress_schema_json),
    SchemaFile(name: "merge", bytes: PackageResources.merge_schema_json),
    SchemaFile(name: "compare", bytes: PackageResources.compare_schema_json),
    SchemaFile(name: "info", bytes: PackageResources.info_schema_json),
    SchemaFile(name: "system", bytes: PackageResources.system_schema_json),
    SchemaFile(name: "labels", bytes: PackageResources.labels_schema_json),
    SchemaFile(name: "models", bytes: PackageResources.models_schema_json),
    SchemaFile(name: "cache", bytes: PackageResources.cache_schema_json),
    SchemaFile(name: "convert", bytes: PackageResources.convert_schema_json),
  ]

  static func named(_ name: String) -> SchemaFile? { all.first { $0.name == name } }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The schema's title: the command whose output it describes.
  func title() throws -> String {
    struct Head: Decodable {
      let title: String
    }
    return try JSONDecoder().decode(Head.self, from: Data(bytes)).title
  }
}
