import MAESTTestSupport
import Testing

/// That the schemas of the programs' JSON are well formed, and that a value can fail them.
@Suite struct JSONSchemaTests {
  static let folder = Documentation.path("Sources/MAESTCommand/Schemas")

  // MARK: - The schemas

  @Test func `every property is in snake case and described`() throws {
    let schemas = try JSONSchemas(folder: Self.folder)
    #expect(schemas.documents.count == 16)
    for (file, document) in schemas.documents {
      var count = 0
      try forEachProperty(of: document) { name, schema in
        count += 1
        #expect(name.wholeMatch(of: /[a-z][a-z0-9]*(_[a-z0-9]+)*/) != nil, "\(file): \(name)")
        var described: JSONValue? = schema
        if let reference = schema["$ref"] { described = try target(of: reference, file, schemas) }
        #expect(described?["description"]?.string?.isEmpty == false, "\(file): \(name) has no description")
      }
      #expect(count > 0 || file == "labels.schema.json", "\(file)")
    }
  }

  /// Calls `body` for the properties of closed objects; a condition on a property, in allOf, is none of them.
  private func forEachProperty(
    of schema: JSONValue, _ body: (_ name: String, _ schema: JSONValue) throws -> Void
  ) rethrows {
    if let properties = schema["properties"]?.object {
      if schema["additionalProperties"] == .bool(false) {
        for (name, property) in properties { try body(name, property) }
      } else {
        #expect(properties.keys.sorted() == ["status"], "an object that is not closed: \(properties.keys)")
      }
    }
    for inner in schema.object?.values.map({ $0 }) ?? schema.array ?? [] {
      try forEachProperty(of: inner, body)
    }
  }

  private func target(of reference: JSONValue, _ file: String, _ schemas: JSONSchemas) throws -> JSONValue? {
    let parts = try #require(reference.string).split(separator: "#", omittingEmptySubsequences: false)
    let document = schemas.documents[parts[0].isEmpty ? file : String(parts[0])]
    return parts[1].split(separator: "/").reduce(document) { $0?[String($1)] }
  }

  @Test func `the program prints them`() throws {
    try withTemporaryFolder { folder in
      let list = try Program.maest.run(["schema"], folder: folder)
      #expect(list.exitCode == 0 && list.output.contains("tag       maest tag --json\n"), "\(list)")
      let names = list.output.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
      let schemas = try JSONSchemas(folder: Self.folder)
      #expect(Set(names.map { $0 + ".schema.json" }) == Set(schemas.documents.keys))
      for name in names {
        let printed = try Program.maest.run(["schema", name], folder: folder)
        let file = try String(contentsOfFile: "\(Self.folder)/\(name).schema.json", encoding: .utf8)
        #expect(printed.exitCode == 0 && printed.output == file, "\(name)")
      }
      let unknown = try Program.maest.run(["schema", "tags"], folder: folder)
      #expect(unknown.exitCode == 64 && unknown.errors.contains("no schema 'tags'"), "\(unknown)")
    }
  }

  @Test func `the article shows lines that are right, and lists every schema`() throws {
    let article = try String(
      contentsOfFile: Documentation.path("Sources/MAEST/MAEST.docc/JSON.md"), encoding: .utf8)
    let schemas = try JSONSchemas(folder: Self.folder)
    let block = try #require(article.split(separator: "```json\n").last?.split(separator: "```").first)
    let examples = try block.split(separator: "}\n{").map { $0.hasPrefix("{") ? $0 + "}" : "{" + $0 }
      .map { try JSONValue(text: String($0)) }
    #expect(examples.count == 2)
    for example in examples {
      #expect(try schemas.findings(in: example, for: "tag.schema.json") == [])
      var members = try #require(example.object)
      members["file"] = .string("x")
      #expect(try schemas.findings(in: .object(members), for: "tag.schema.json") != [], "a key too many")
      for key in try #require(example.object).keys {
        var members = try #require(example.object)
        members[key] = nil
        #expect(try schemas.findings(in: .object(members), for: "tag.schema.json") != [], "no \(key)")
      }
    }
    let table = try #require(article.split(separator: "| schema | of |").last)
    let rows = table.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { $0.split(separator: "|")[0] }
    let names = rows.flatMap { $0.matches(of: /`([a-z]+)`/).map { "\($0.1).schema.json" } }
    #expect(names.sorted() == schemas.documents.keys.sorted())
  }

  // MARK: - The validator

  /// What is wrong with a value by a schema, both as JSON.
  private func findings(_ value: String, _ schema: String) throws -> [String] {
    try JSONSchemas(["x": JSONValue(text: schema)]).findings(in: JSONValue(text: value), for: "x")
  }

  @Test(arguments: [
    (#"{"type": "integer"}"#, "3", "3.5"), (#"{"type": "integer"}"#, "-4e2", "true"),
    (#"{"type": ["number", "null"]}"#, "null", #""3""#), (#"{"type": "boolean"}"#, "false", "0"),
    (#"{"enum": ["a", 1]}"#, "1", #""b""#), (#"{"const": "a"}"#, #""a""#, #""A""#),
    (#"{"minimum": 2, "maximum": 3}"#, "2", "1.9"), (#"{"minimum": 2, "maximum": 3}"#, "3", "3.1"),
    (#"{"exclusiveMinimum": 2}"#, "2.1", "2"), (#"{"minLength": 2}"#, #""ab""#, #""a""#),
    (#"{"pattern": "^[0-9a-f]{2}$"}"#, #""0f""#, #""0g""#), (#"{"pattern": "b"}"#, #""abc""#, #""ac""#),
    (#"{"minItems": 1, "maxItems": 2}"#, "[1, 2]", "[]"), (#"{"maxItems": 2}"#, "[1]", "[1, 2, 3]"),
    (#"{"items": {"type": "string"}}"#, #"["a"]"#, #"["a", 1]"#),
    (#"{"prefixItems": [{"const": 1}], "items": false}"#, "[1]", "[1, 2]"),
    (#"{"prefixItems": [{"const": 1}], "items": {"const": 2}}"#, "[1, 2, 2]", "[2, 2]"),
    (#"{"required": ["a"]}"#, #"{"a": null}"#, "{}"),
    (#"{"properties": {"a": {"type": "null"}}}"#, #"{"a": null, "b": 1}"#, #"{"a": 1}"#),
    (#"{"properties": {"a": true}, "additionalProperties": false}"#, #"{"a": 1}"#, #"{"b": 1}"#),
    (#"{"additionalProperties": {"type": "string"}}"#, #"{"a": "b"}"#, #"{"a": 1}"#),
    (#"{"propertyNames": {"pattern": "^x"}}"#, #"{"x1": 1}"#, #"{"a": 1}"#),
    (#"{"anyOf": [{"minimum": 3}, {"maximum": 1}]}"#, "0", "2"),
    (#"{"oneOf": [{"minimum": 1}, {"maximum": 3}]}"#, "0", "2"),
    (#"{"oneOf": [{"minimum": 3}, {"maximum": 1}]}"#, "3", "2"),
    (#"{"allOf": [{"minimum": 1}, {"maximum": 3}]}"#, "2", "4"),
    (##"{"$ref": "#/$defs/a", "maximum": 5, "$defs": {"a": {"minimum": 3}}}"##, "4", "2"),
    (##"{"$ref": "#/$defs/a", "maximum": 5, "$defs": {"a": {"minimum": 3}}}"##, "4", "6"),
    (#"{"items": {"$ref": "x#"}, "type": "array"}"#, "[[], [[]]]", "[[], [1]]"),
  ])
  func `each keyword can fail`(schema: String, right: String, wrong: String) throws {
    #expect(try findings(right, schema) == [])
    #expect(try findings(wrong, schema) != [])
  }

  @Test(arguments: [
    (##"{"format": "date"}"##, "unknown keyword format"), (##"{"$ref": "#/$defs/a"}"##, "leads to nothing"),
    (#"{"$ref": "y#"}"#, "leads to nothing"), (#"{"anyOf": [{"not": {}}]}"#, "unknown keyword not"),
    (#"{"properties": {"a": {"items": {"uniqueItems": true}}}}"#, "unknown keyword uniqueItems"),
    (#"{"$defs": {"a": 3}}"#, "neither an object"), (#"{"oneOf": {}}"#, "no list"),
    (#"{"required": ["a"], "additionalProperties": false}"#, "required and no property: a"),
  ])
  func `a schema that is not understood is an error`(schema: String, message: String) throws {
    let flaw = try #require(throws: JSONSchemas.Flaw.self) {
      try JSONSchemas(["x": JSONValue(text: schema)])
    }
    #expect(flaw.description.contains(message), "\(flaw)")
  }

  @Test func `an unknown type is an error`() throws {
    #expect(throws: JSONSchemas.Flaw.self) { try findings("1", #"{"type": "float"}"#) }
  }

  @Test func `findings name their place`() throws {
    let schema = #"{"properties": {"a": {"items": {"properties": {"b": {"type": "null"}}}}}}"#
    #expect(try findings(#"{"a": [{}, {"b": 1}]}"#, schema) == ["$.a[1].b: no null"])
  }
}
