import ArgumentParser

/// The flag that limits standard error to error messages.
struct QuietOption: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Show no progress and no notices on standard error, only errors.")
  var quiet = false
}

/// A command that shows progress or notices on standard error.
protocol QuietableCommand: ParsableCommand {
  var quietOption: QuietOption { get }
}
