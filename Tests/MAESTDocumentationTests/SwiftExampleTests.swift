import Foundation
import MAESTTestSupport
import Testing

/// The Swift that README.md, the articles and the documentation comments show compiles against the built modules.
///
/// On Linux only: on macOS the compiler needs the SDK's paths.
@Suite(.enabled(if: isLinux)) struct SwiftExampleTests {
  private func problems(in examples: [SwiftExample]) throws -> [String] {
    let given = try String(contentsOfFile: Fixtures.path("documentation/Given.swift"), encoding: .utf8)
    let sources = examples.enumerated().map { $1.source(number: $0) }
    return try TypeChecker.problems(in: [given] + sources)
  }

  @Test func everyExampleCompiles() throws {
    let examples = try SwiftExample.all()
    #expect(examples.contains { $0.path == "README.md" } && examples.contains { $0.path.hasSuffix(".swift") })
    for problem in try problems(in: examples) { Issue.record("\(problem)") }
  }

  @Test func everyManifestCompilesAndNamesAProduct() throws {
    let manifest = try String(contentsOfFile: Documentation.path("Package.swift"), encoding: .utf8)
    let shown = try SwiftExample.manifests()
    #expect(shown.contains { $0.path == "README.md" })
    for (path, block) in shown {
      for problem in try TypeChecker.problems(inManifest: block.text) { Issue.record("\(path): \(problem)") }
      let products = block.text.matches(of: /\.product\(name: "(\w+)"/).map(\.1)
      #expect(!products.isEmpty)
      for product in products {
        #expect(manifest.contains(".library(name: \"\(product)\""), "\(path): there is no product \(product)")
      }
    }
  }

  /// What is wrong is found, at its line.
  @Test func aBrokenExampleIsReported() throws {
    let blocks = [
      Documentation.Block(
        firstLine: 12, lines: ["import MAEST", "", "let found = try model.analyze(samples: 1)"]),
      Documentation.Block(
        firstLine: 40, lines: ["let tags = try analysis.topTags(5)", "found.noSuchMember()"]),
    ]
    let example = SwiftExample(path: "Broken.md", blocks: blocks, modules: [])
    let places = try problems(in: [example]).compactMap { $0.split(separator: ":").prefix(2).last }
    #expect(places.contains("14"))
    let mended = [
      Documentation.Block(firstLine: 12, lines: ["import MAEST", "", "let found = analysis.labels"]),
      blocks[1],
    ]
    let second = SwiftExample(path: "Broken.md", blocks: mended, modules: [])
    let found = try problems(in: [second])
    #expect(found.count == 1 && found[0].hasPrefix("Broken.md:41:"), "\(found)")
    // Without the import there are no members, and nothing is taken from another file's imports.
    let third = SwiftExample(
      path: "Broken.md", blocks: [Documentation.Block(firstLine: 1, lines: ["print(model.labels)"])],
      modules: [])
    #expect(try problems(in: [third]).contains { $0.hasPrefix("Broken.md:1:") })
  }
}

private var isLinux: Bool {
  #if os(Linux)
    true
  #else
    false
  #endif
}
