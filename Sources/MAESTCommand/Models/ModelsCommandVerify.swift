import ArgumentParser
import MAEST
import MAESTHub

struct ModelsVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check an installed model or head: that it can be loaded and has not changed.",
    discussion: "Example: maest models verify 30s-pw-519l")

  @Argument(help: "Name of an installed model or head, see maest models list.")
  var name: String

  @OptionGroup var options: CatalogueOptions

  func run() throws {
    try attempt {
      let (name, check) = try verified()
      for fact in check.facts { printLine("\(name): \(fact)") }
    }
  }

  private func verified() throws -> (String, ModelStore.Check) {
    if let (name, head) = try options.resolveHead(name) {
      return (name, try options.store.verifyHead(name, head: head))
    }
    let (name, model) = try options.resolve(name)
    return (name, try options.store.verify(name, model: model))
  }
}
