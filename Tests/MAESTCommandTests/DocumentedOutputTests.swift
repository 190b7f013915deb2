import Foundation
import MAESTTestSupport
import Testing

/// What the README shows of the programs' output is what they print.
@Suite struct DocumentedOutputTests {
  /// A command of a console and the lines that follow it.
  struct Step {
    let command: String
    var lines: [Substring] = []
  }

  /// The commands of the block, each with its output; lines of "..." stand for any lines and are left out.
  private func steps(of block: String) -> [Step] {
    var steps: [Step] = []
    for line in block.split(separator: "\n") {
      if line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2))))
      } else if !steps.isEmpty, line.trimmingCharacters(in: .whitespaces) != "..." {
        steps[steps.count - 1].lines.append(line)
      }
    }
    return steps
  }

  /// Words of a line of output without bars, which show a number that is there too.
  private func words(_ line: Substring) -> [String] {
    line.split(separator: " ").map(String.init).filter { $0.contains { !"█▏▎▍▌▋▊▉".contains($0) } }
  }

  /// The same words, and numbers that are equal up to the rounding of another processor.
  private func matches(_ shown: [String], _ printed: [String]) -> Bool {
    shown.count == printed.count
      && zip(shown, printed).allSatisfy { shown, printed in
        guard let expected = Double(shown), let found = Double(printed) else { return shown == printed }
        return abs(expected - found) <= 0.002
      }
  }

  /// The consoles in which nothing but the project's programs run, one after the other.
  @Test func theWorkedExamples() throws {
    let blocks = try Documentation.readme.code("console").map(steps)
    let steps = blocks.filter { $0.allSatisfy { $0.command.hasPrefix("maest") } }.flatMap(\.self)
    #expect(steps.count >= 5 && steps.allSatisfy { !$0.lines.isEmpty })
    try withTemporaryFolder { folder in
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/Weights", withDestinationPath: Documentation.path("Weights"))
      for step in steps {
        let arguments = step.command.split(separator: " ").map(String.init)
        let program = try #require([Program.maest, .convert].first { $0.name == arguments[0] })
        let result = try program.run(Array(arguments.dropFirst()), folder: folder)
        #expect(result.exitCode == 0, "\(step.command): \(result.errors)")
        var printed = result.output.split(separator: "\n").map(words)[...]
        for line in step.lines {
          let place = printed.firstIndex { matches(words(line), $0) }
          #expect(place != nil, "\(step.command) does not print '\(line)' there:\n\(result.output)")
          printed = printed[((place ?? printed.startIndex - 1) + 1)...]
        }
      }
    }
  }
}
