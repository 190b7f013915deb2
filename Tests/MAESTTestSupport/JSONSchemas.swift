import Foundation

/// JSON Schema files (2020-12) of one folder, as far as these use it: any other keyword is an error, so that nothing is
/// left unchecked in silence.
public struct JSONSchemas: Sendable {
  /// Something in a schema that is not understood, or does not lead anywhere.
  public struct Flaw: Error, Equatable, CustomStringConvertible {
    /// File and JSON pointer.
    public let place: String
    public let text: String
    public var description: String { "\(place): \(text)" }
  }

  /// By file name.
  public let documents: [String: JSONValue]

  /// Reads every `.schema.json` file of a folder.
  ///
  /// - Throws: ``Flaw`` for a keyword that is not known, or a reference to nothing.
  public init(folder: String) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".schema.json") }
    var documents: [String: JSONValue] = [:]
    for name in names { documents[name] = try JSONValue(contentsOfFile: folder + "/" + name) }
    try self.init(documents)
  }

  /// - Parameter documents: by file name.
  /// - Throws: as ``init(folder:)``.
  public init(_ documents: [String: JSONValue]) throws {
    self.documents = documents
    for (name, document) in documents { try check(document, Place(file: name)) }
  }

  /// What of a value is not as a document's schema says; empty where all is.
  ///
  /// - Parameter name: file name of the document.
  /// - Throws: ``Flaw`` where there is no such document.
  public func findings(in value: JSONValue, for name: String) throws -> [String] {
    guard let document = documents[name] else { throw Flaw(place: name, text: "no such schema") }
    return try Validation(schemas: self).findings(value, "$", document, Place(file: name))
  }

  /// Where in which document a schema stands.
  struct Place {
    let file: String
    var path: [String] = []

    func at(_ keys: String...) -> Place { Place(file: file, path: path + keys) }

    func flaw(_ text: String) -> Flaw {
      Flaw(place: ([file + "#"] + path).joined(separator: "/"), text: text)
    }
  }

  // MARK: - Keywords

  /// Keywords whose values are schemas, lists of them, or schemas by name; and all others that are known.
  private static let one: Set = ["items", "additionalProperties", "propertyNames"]
  private static let lists: Set = ["prefixItems", "anyOf", "oneOf", "allOf"]
  private static let named: Set = ["$defs", "properties"]
  private static let plain: Set = [
    "$schema", "$id", "title", "description", "$ref", "type", "required", "enum", "const", "pattern",
    "minimum",
    "maximum", "exclusiveMinimum", "minItems", "maxItems", "minLength",
  ]

  private func check(_ schema: JSONValue, _ place: Place) throws {
    if case .bool = schema { return }
    guard let keywords = schema.object else { throw place.flaw("neither an object nor true or false") }
    for (keyword, value) in keywords {
      let inner = place.at(keyword)
      switch keyword {
      case _ where Self.one.contains(keyword): try check(value, inner)
      case _ where Self.lists.contains(keyword):
        guard let list = value.array else { throw inner.flaw("no list") }
        for (index, schema) in list.enumerated() { try check(schema, inner.at("\(index)")) }
      case _ where Self.named.contains(keyword):
        guard let members = value.object else { throw inner.flaw("no object") }
        for (name, schema) in members { try check(schema, inner.at(name)) }
      case "$ref": _ = try target(of: value, place)
      case _ where Self.plain.contains(keyword): break
      default: throw place.flaw("unknown keyword \(keyword)")
      }
    }
    let names = Set(schema["properties"]?.object?.keys.map { $0 } ?? [])
    for name in schema["required"]?.array?.compactMap(\.string) ?? []
    where schema["additionalProperties"] == .bool(false) && !names.contains(name) {
      throw place.flaw("required and no property: \(name)")
    }
  }

  /// The schema that a reference `FILE#/POINTER` or `#/POINTER` leads to.
  func target(of reference: JSONValue, _ place: Place) throws -> (schema: JSONValue, place: Place) {
    guard let text = reference.string, let hash = text.firstIndex(of: "#") else {
      throw place.flaw("no reference of the form FILE#/POINTER")
    }
    let file = text[..<hash].isEmpty ? place.file : String(text[..<hash])
    let path = text[text.index(after: hash)...].split(separator: "/").map(String.init)
    var schema = documents[file]
    for key in path { schema = schema?[key] }
    guard let schema else { throw place.flaw("\(text) leads to nothing") }
    return (schema, Place(file: file, path: path))
  }
}
