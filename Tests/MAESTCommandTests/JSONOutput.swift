import Foundation
import MAESTTestSupport
import Testing

/// Output of the programs held against its schemas.
enum JSONOutput {
  private static func schemas() throws -> JSONSchemas { try JSONSchemas(folder: JSONSchemaTests.folder) }

  /// The values of lines of JSON, each of which must be as the schema `name` says.
  @discardableResult
  static func lines(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [JSONValue] {
    try text.split(separator: "\n").map { try value(String($0), name, sourceLocation: sourceLocation) }
  }

  /// The value of one JSON text, which must be as the schema `name` says.
  @discardableResult
  static func value(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> JSONValue {
    let value = try JSONValue(text: text)
    let findings = try schemas().findings(in: value, for: "\(name).schema.json")
    #expect(
      findings.isEmpty, "\(name): \(findings.joined(separator: "\n"))\n\(text.prefix(2000))",
      sourceLocation: sourceLocation)
    return value
  }

  /// A folder with two tiny models, 3 s of noise, and a file without a byte.
  static func withModels(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (index, name) in ["tiny", "other"].enumerated() {
        try TinyModel.write(to: folder + "/\(name).safetensors", seed: UInt64(index))
      }
      try WAVFile.noise(seconds: 3, seed: 1).write(to: URL(filePath: folder + "/x.wav"))
      try Data().write(to: URL(filePath: folder + "/empty.wav"))
      try body(folder)
    }
  }

  /// Checks that the second of some lines is of a file that failed, and that the others are not.
  static func expectSecondFailed(
    _ lines: [JSONValue], stage: String = "open", code: String = "fileNotFound",
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(lines.count >= 2 && lines[1]["path"] == .string("missing.wav"), sourceLocation: sourceLocation)
    #expect(
      lines.enumerated().allSatisfy { ($1["error"] != nil) == ($0 == 1) }, sourceLocation: sourceLocation)
    let error = lines.count < 2 ? nil : lines[1]["error"]
    #expect(
      error?["stage"] == .string(stage) && error?["code"] == .string(code), sourceLocation: sourceLocation)
    #expect(error?["message"]?.string?.contains("missing.wav") == false, sourceLocation: sourceLocation)
  }
}
