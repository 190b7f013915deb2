import ArgumentParser
import MAEST
import MAESTHub

struct ModelsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract:
      "Remove a model or head from the user's model folder, with unfinished downloads and what the cache has of it.",
    discussion: """
      Packed weights and conversions that were made of the model and of nothing else go with it, see maest cache.

      Example: maest models remove 30s-pw-519l
      """)

  @Argument(help: "Name of an installed model or head, see maest models list.")
  var name: String

  @OptionGroup var options: CatalogueOptions

  func run() throws {
    try attempt {
      for removal in try removed() {
        printLine("removed \(removal.path) (\(size(removal.byteCount)))")
      }
    }
  }

  private func removed() throws -> [ModelStore.Removal] {
    if let (name, head) = try options.resolveHead(name) {
      return try options.store.removeHead(name, head: head)
    }
    let (name, model) = try options.resolve(name)
    return try options.store.remove(name, model: model, cache: .standard)
  }
}
