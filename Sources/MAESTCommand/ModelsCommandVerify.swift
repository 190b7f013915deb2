import ArgumentParser
import MAEST

struct ModelsVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check an installed model: that it can be loaded and has not changed.",
    discussion: "Example: maest models verify 30s-pw-519l")

  @Argument(help: "Name of an installed model, see maest models list.")
  var name: String

  @OptionGroup var options: CatalogueOptions

  func run() throws {
    try attempt {
      let (name, model) = try options.resolve(name)
      let facts = try options.store.verify(name, model: model).facts
      for fact in facts { print("\(name): \(fact)") }
    }
  }
}
