import ArgumentParser
import Foundation
import MAEST
import MAESTHub

struct ModelsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the official models and heads, and those in the user's model folder.",
    discussion: """
      A name without a version, such as 30s-pw-519l, stands for the newest version. Sizes are those of the download, \
      where they are known. A classification head takes the tokens of the model that it is listed with.

      Examples:
        maest models list
        maest models list --json | jq -r '.models[] | select(.installed) | .name'
      """)

  @OptionGroup var options: CatalogueOptions

  @Flag(help: "Print JSON, with addresses, hashes, ONNX files and classification heads.")
  var json = false

  func run() throws {
    try attempt {
      let catalogue = try options.load()
      let list = try ModelList(catalogue: catalogue, store: options.store)
      if json {
        print(try jsonLine(list))
      } else {
        list.printTable()
        for line in try headLines(catalogue) { printLine(line) }
        printLine("licence of the official models: \(list.licence) (non-commercial), \(list.licenceURL)")
        printLine("folder: \(list.folder)")
      }
    }
  }
}

extension ModelsListCommand {
  /// The table of official heads and other heads in the model folder.
  fileprivate func headLines(_ catalogue: ModelCatalogue) throws -> [String] {
    var rows = catalogue.heads.map { head in
      [
        head.name, head.model, "\(head.labelCount)", head.graph.byteCount.map(size) ?? "",
        options.store.isHeadInstalled(head.name) ? "yes" : "no",
      ]
    }
    let official = Set(catalogue.heads.map(\.name))
    rows += try options.store.installedHeads().filter { !official.contains($0) }
      .map { [$0, "", "", "", "yes"] }
    if rows.isEmpty { return [] }
    return [""] + tableLines([["head", "of model", "labels", "size", "installed"]] + rows, numbers: 2...3)
      + [""]
  }
}

/// The output of `maest models list`.
private struct ModelList: Encodable {
  struct File: Encodable {
    var url: String
    /// In bytes.
    var size: Int?
    var sha256: String?
  }

  struct Head: Encodable {
    var name: String
    var labelCount: Int?
    var installed: Bool
    /// Path of the graph if the head is installed.
    var path: String?
    var graph, metadata, onnx: File?

    init(
      _ name: String, in store: ModelStore, labelCount: Int? = nil, graph: File? = nil, metadata: File? = nil,
      onnx: File? = nil
    ) {
      (self.name, self.labelCount) = (name, labelCount)
      (self.graph, self.metadata, self.onnx) = (graph, metadata, onnx)
      installed = store.isHeadInstalled(name)
      path = installed ? store.headFile(name).path : nil
    }
  }

  struct Model: Encodable {
    var name: String
    var aliases: [String]
    var official: Bool
    var labelCount: Int?
    /// Length of a patch in seconds.
    var patchDuration: Int?
    var installed: Bool
    /// Path of the weight file if the model is installed.
    var path: String?
    var graph, metadata, onnx: File?
    var heads: [Head]
  }

  var folder: String
  var licence: String
  var licenceURL: String
  var models: [Model]
  /// Heads in the model folder that are not official.
  var otherHeads: [Head]

  init(catalogue: ModelCatalogue, store: ModelStore) throws {
    let file = { (file: OfficialFile) in
      File(url: file.address(below: catalogue.baseURL), size: file.byteCount, sha256: file.sha256)
    }
    folder = store.folder.path
    licence = catalogue.licence.name
    licenceURL = catalogue.licence.url
    models = catalogue.models.map { model in
      let heads = catalogue.heads.filter { $0.model == model.name }.map {
        Head(
          $0.name, in: store, labelCount: $0.labelCount, graph: file($0.graph), metadata: file($0.metadata),
          onnx: $0.onnx.map(file))
      }
      let isInstalled = store.isInstalled(model.name)
      return Model(
        name: model.name, aliases: catalogue.aliases(of: model), official: true,
        labelCount: model.labelCount,
        patchDuration: model.seconds, installed: isInstalled,
        path: isInstalled ? store.weightFile(model.name).path : nil, graph: file(model.graph),
        metadata: file(model.metadata), onnx: model.onnx.map(file), heads: heads)
    }
    let officialHeads = Set(catalogue.heads.map(\.name))
    otherHeads = try store.installedHeads().filter { !officialHeads.contains($0) }.map { Head($0, in: store) }
    let official = Set(catalogue.models.map(\.name))
    models += try store.installedNames().filter { !official.contains($0) }.map { name in
      Model(
        name: name, aliases: [], official: false, installed: true, path: store.weightFile(name).path,
        heads: [])
    }
  }

  func printTable() {
    let rows = models.map { model in
      [
        model.name, model.aliases.joined(separator: " "), model.labelCount.map { "\($0)" } ?? "",
        model.patchDuration.map { "\($0) s" } ?? "", model.graph?.size.map(size) ?? "",
        model.installed ? "yes" : "no",
      ]
    }
    let header = ["name", "alias", "labels", "length", "size", "installed"]
    for line in tableLines([header] + rows, numbers: 2...4) { printLine(line) }
  }
}
