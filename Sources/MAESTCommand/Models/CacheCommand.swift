import ArgumentParser
import Foundation
import MAEST

/// Lists and removes the files in the user's cache folder.
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "List and remove what is kept in the cache: converted graphs and packed weights.",
    discussion: """
      A graph (.pb, .onnx) that is used as a model is converted once, and precisions high, bf16 and int16 pack a model's \
      weights once. Both can be removed at any time: they are made again when they are needed.

      The cache is maest in $XDG_CACHE_HOME, else in ~/.cache (~/Library/Caches on macOS).

      Examples:
        maest cache list
        maest cache clean --gone
        maest cache clean --older-than 30 --dry-run
      """,
    subcommands: [CacheListCommand.self, CacheCleanCommand.self])
}

struct CacheListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the files of the cache: of which model, their size, when they were last used.",
    discussion: """
      States: present (the model is there), gone (it is not there any more, or changed; a model on a disk that is not \
      mounted counts as gone), unknown (made by an earlier version), leftover (unfinished, of a process that ended).

      Examples:
        maest cache list
        maest cache list --json | jq -r '.items[] | select(.state == "gone") | .path'
      """)

  @Flag(help: "Print JSON, with paths.")
  var json = false

  func run() throws {
    try attempt {
      let list = CacheList(.standard, items: try CacheInventory.standard.items())
      if json {
        print(try jsonLine(list))
      } else {
        list.printTable()
      }
    }
  }
}

struct CacheCleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Remove files from the cache.",
    discussion: """
      Unfinished files of processes that ended go in any case. A process that uses a file keeps it until it ends.

      Examples:
        maest cache clean --gone
        maest cache clean --older-than 30
        maest cache clean --all --dry-run
      """)

  @Option(help: ArgumentHelp("Remove what was not used for so many days.", valueName: "days"))
  var olderThan: Double?

  @Flag(help: "Remove what was made of models that are gone.")
  var gone = false

  @Flag(help: "Remove everything.")
  var all = false

  @Flag(help: "Print what would be removed, and remove nothing.")
  var dryRun = false

  func validate() throws {
    guard [olderThan != nil, gone, all].count(where: \.self) == 1 else {
      throw ValidationError("choose one of --older-than DAYS, --gone and --all")
    }
    if let olderThan, !(0...36500).contains(olderThan) {
      throw ValidationError("--older-than \(olderThan): from 0 to 36500 days")
    }
  }

  private var selection: CacheInventory.Selection {
    if let olderThan { return .unused(since: Date(timeIntervalSinceNow: -olderThan * 86400)) }
    return gone ? .gone : .all
  }

  func run() throws {
    try attempt {
      let inventory = CacheInventory.standard
      let items = try inventory.items(selection)
      if !dryRun { try inventory.remove(items) }
      for item in items {
        printLine("\(dryRun ? "would remove" : "removed") \(item.path) (\(size(item.byteCount)))")
      }
      let total = items.reduce(0) { $0 + $1.byteCount }
      printLine(
        "\(dryRun ? "would free" : "freed") \(size(total)) in \(items.count) \(items.count == 1 ? "file" : "files")"
      )
    }
  }
}

/// The output of `maest cache list`.
private struct CacheList: Encodable {
  struct Item: Encodable {
    var path: String
    var kind: String?
    var model: String?
    var precision: String?
    var sources: [String]
    /// In bytes.
    var size: Int
    /// ISO 8601.
    var lastUsed: String
    var state: CacheInventory.State
  }

  var folder: String
  /// Total size of all files, in bytes.
  var size: Int
  var items: [Item]

  init(_ inventory: CacheInventory, items: [CacheInventory.Item]) {
    folder = inventory.folder.path
    size = items.reduce(0) { $0 + $1.byteCount }
    self.items = items.map { item in
      Item(
        path: item.path, kind: item.kind?.rawValue, model: item.model, precision: item.precision,
        sources: item.sources, size: item.byteCount, lastUsed: item.lastUse.formatted(.iso8601),
        state: item.state)
    }
  }

  func printTable() {
    let rows = items.map { item in
      [
        item.kind ?? "", item.model ?? "", item.precision ?? "", MAESTCommand.size(item.size),
        String(item.lastUsed.prefix(10)), item.state.rawValue,
      ]
    }
    if !rows.isEmpty {
      let header = ["kind", "model", "precision", "size", "last used", "state"]
      for line in tableLines([header] + rows, numbers: 3...3) { printLine(line) }
    }
    printLine(
      "\(items.count) \(items.count == 1 ? "file" : "files"), \(MAESTCommand.size(size)), folder: \(folder)")
  }
}
