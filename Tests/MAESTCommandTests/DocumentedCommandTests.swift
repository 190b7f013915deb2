import Foundation
import MAESTTestSupport
import Testing

/// The commands that the documentation shows exist, with the options that it gives them.
@Suite struct DocumentedCommandTests {
  struct Command {
    let line: String
    let program: Program
    /// Subcommands; empty for a program without.
    let path: [String]
    let options: [String]
  }

  /// Commands of the project's programs in a line of shell.
  private func commands(in line: String) -> [Command] {
    line.prefix { $0 != "#" }.split(whereSeparator: { "|&;".contains($0) }).compactMap { part in
      let words = part.split(separator: " ").map(String.init)
      guard let program = [Program.maest, .convert].first(where: { $0.name == words.first }) else {
        return nil
      }
      let subcommands = words.dropFirst().prefix { $0.allSatisfy(\.isLetter) }
      // 'models' has subcommands of its own; elsewhere a second word is an argument.
      let path = program.name == "maest" ? subcommands.prefix(words.contains("models") ? 2 : 1) : []
      let options = words.filter { $0.hasPrefix("-") && $0 != "-" }.compactMap {
        $0.split(separator: "=").first
      }
      return Command(line: line, program: program, path: Array(path), options: options.map(String.init))
    }
  }

  @Test func commandsExist() throws {
    let shown = try Documentation.all().map { document in
      try document.blocks("sh").flatMap(\.lines).flatMap(commands)
    }
    #expect(shown.count { !$0.isEmpty } >= 8)
    try withTemporaryFolder { folder in
      var helps: [[String]: String] = [:]
      for command in shown.joined() {
        let key = [command.program.name] + command.path
        if helps[key] == nil {
          let result = try command.program.run(command.path + ["--help"], folder: folder)
          #expect(result.exitCode == 0, "\(command.line)")
          helps[key] = result.output
        }
        let help = (helps[key] ?? "").split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init)
        for option in command.options {
          #expect(help.contains(option), "\(command.line): \(key.joined(separator: " ")) has no \(option)")
        }
        // A name that is no subcommand shows the help of the program.
        #expect(help.contains("USAGE"), "\(command.line)")
        #expect((helps[key] ?? "").contains("USAGE: " + key.joined(separator: " ")), "\(command.line)")
      }
    }
  }
}
