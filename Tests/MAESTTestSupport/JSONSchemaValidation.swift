/// Compares values with schemas.
struct Validation {
  let schemas: JSONSchemas

  typealias Place = JSONSchemas.Place

  /// What is not as the schema says, each with its place in the value: `$.patches[0].start: ...`.
  func findings(_ value: JSONValue, _ path: String, _ schema: JSONValue, _ place: Place) throws -> [String] {
    if case .bool(let allows) = schema { return allows ? [] : ["\(path): must not be there"] }
    var found: [String] = []
    if let reference = schema["$ref"] {
      let (schema, place) = try schemas.target(of: reference, place)
      found += try findings(value, path, schema, place)
    }
    found += try simple(value, schema, place).map { "\(path): \($0)" }
    found += try choices(value, path, schema, place)
    switch value {
    case .object(let members): found += try object(members, path, schema, place)
    case .array(let elements): found += try array(elements, path, schema, place)
    case .null, .bool, .number, .string: break
    }
    return found
  }

  // MARK: - Any value

  private func simple(_ value: JSONValue, _ schema: JSONValue, _ place: Place) throws -> [String] {
    var found: [String] = []
    if let type = schema["type"] {
      let types = try (type.array ?? [type]).map { try known(type: $0, place) }
      if !types.contains(where: { isOf(type: $0, value) }) {
        found.append("no \(types.joined(separator: " or "))")
      }
    }
    if let choices = schema["enum"]?.array, !choices.contains(value) { found.append("\(value) is no choice") }
    if let constant = schema["const"], constant != value { found.append("\(value) is not \(constant)") }
    if let number = value.number {
      if let least = schema["minimum"]?.number, number < least { found.append("\(number) is below \(least)") }
      if let most = schema["maximum"]?.number, number > most { found.append("\(number) is above \(most)") }
      if let limit = schema["exclusiveMinimum"]?.number, number <= limit {
        found.append("\(number) is not above \(limit)")
      }
    }
    if let text = value.string {
      if let least = schema["minLength"]?.number, Double(text.count) < least {
        found.append("'\(text)' is too short")
      }
      if let pattern = schema["pattern"]?.string, try text.firstMatch(of: Regex(pattern)) == nil {
        found.append("'\(text)' does not match \(pattern)")
      }
    }
    return found
  }

  private func known(type: JSONValue, _ place: Place) throws -> String {
    let names: Set = ["null", "boolean", "integer", "number", "string", "array", "object"]
    guard let name = type.string, names.contains(name) else { throw place.flaw("unknown type \(type)") }
    return name
  }

  private func isOf(type: String, _ value: JSONValue) -> Bool {
    switch value {
    case .null: type == "null"
    case .bool: type == "boolean"
    case .number(let number): type == "number" || (type == "integer" && number == number.rounded())
    case .string: type == "string"
    case .array: type == "array"
    case .object: type == "object"
    }
  }

  private func choices(
    _ value: JSONValue, _ path: String, _ schema: JSONValue, _ place: Place
  ) throws -> [String] {
    var found: [String] = []
    for keyword in ["allOf", "anyOf", "oneOf"] {
      guard let list = schema[keyword]?.array else { continue }
      let each = try list.enumerated().map { try findings(value, path, $1, place.at(keyword, "\($0)")) }
      let count = each.count(where: \.isEmpty)
      switch keyword {
      case "allOf": found += each.flatMap(\.self)
      case "anyOf" where count > 0: break
      case "oneOf" where count == 1: break
      case _ where count > 1: found.append("\(path): \(count) of \(keyword) fit")
      default: found += ["\(path): none of \(keyword) fits"] + each.flatMap(\.self).map { "  " + $0 }
      }
    }
    return found
  }

  // MARK: - Objects and lists

  private func object(
    _ members: [String: JSONValue], _ path: String, _ schema: JSONValue, _ place: Place
  ) throws -> [String] {
    var found: [String] = []
    for name in schema["required"]?.array?.compactMap(\.string) ?? [] where members[name] == nil {
      found.append("\(path): \(name) is missing")
    }
    let properties = schema["properties"]?.object ?? [:]
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      if let names = schema["propertyNames"] {
        found += try findings(.string(name), "\(path).\(name) (name)", names, place.at("propertyNames"))
      }
      if let schema = properties[name] {
        found += try findings(value, "\(path).\(name)", schema, place.at("properties", name))
      } else if let schema = schema["additionalProperties"] {
        found += try findings(value, "\(path).\(name)", schema, place.at("additionalProperties"))
      }
    }
    return found
  }

  private func array(
    _ elements: [JSONValue], _ path: String, _ schema: JSONValue, _ place: Place
  ) throws -> [String] {
    var found: [String] = []
    let count = Double(elements.count)
    if let least = schema["minItems"]?.number, count < least { found.append("\(path): fewer than \(least)") }
    if let most = schema["maxItems"]?.number, count > most { found.append("\(path): more than \(most)") }
    let first = schema["prefixItems"]?.array ?? []
    for (index, element) in elements.enumerated() {
      if first.indices.contains(index) {
        found += try findings(element, "\(path)[\(index)]", first[index], place.at("prefixItems", "\(index)"))
      } else if let schema = schema["items"] {
        found += try findings(element, "\(path)[\(index)]", schema, place.at("items"))
      }
    }
    return found
  }
}
