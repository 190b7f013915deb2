import MAESTConverter

/// Gives everything in a graph a name without meaning.
struct Renaming {
  private var names: [String: String] = [:]

  static func renamed(_ definition: TensorFlowGraphDef) -> TensorFlowGraphDef {
    var functions = Self()
    for function in definition.library.function { functions.add(function.signature.name, "f") }
    var result = definition
    var scope = Self()
    for node in definition.node { scope.add(node.name, "n") }
    result.node = definition.node.map { scope.renamed($0, functions) }
    result.library.function = definition.library.function.map { Self.renamed($0, functions) }
    return result
  }

  private static func renamed(
    _ function: TensorFlowFunctionDef, _ functions: Self
  ) -> TensorFlowFunctionDef {
    var scope = Self()
    for argument in function.signature.inputArg { scope.add(argument.name, "a") }
    for node in function.nodeDef { scope.add(node.name, "n") }
    var outputs = Self()
    for output in function.signature.outputArg { outputs.add(output.name, "output") }
    var result = function
    result.signature.name = functions.names[function.signature.name] ?? ""
    result.signature.inputArg = function.signature.inputArg.map { argument in
      var argument = argument
      argument.name = scope.names[argument.name] ?? ""
      return argument
    }
    result.signature.outputArg = function.signature.outputArg.map { output in
      var output = output
      output.name = outputs.names[output.name] ?? ""
      return output
    }
    result.nodeDef = function.nodeDef.map { scope.renamed($0, functions) }
    result.ret = [:]
    for (name, reference) in function.ret {
      result.ret[outputs.names[name] ?? ""] = scope.renamed(reference: reference)
    }
    return result
  }

  private mutating func add(_ name: String, _ prefix: String) {
    // The first one has the bare prefix: "output" is what TensorFlow calls the outputs of a call as well.
    names[name] = names.isEmpty ? prefix : "\(prefix)\(names.count)"
  }

  private func renamed(_ node: TensorFlowNodeDef, _ functions: Self) -> TensorFlowNodeDef {
    var result = node
    result.name = names[node.name] ?? ""
    result.input = node.input.map(renamed(reference:))
    if let function = functions.names[node.op] { result.op = function }
    for (key, value) in node.attr {
      if case .func(let function)? = value.value {
        result.attr[key] = .function(functions.names[function.name] ?? "")
      }
    }
    return result
  }

  /// "^name", "name", "name:index" or "name:output:index" with another name.
  private func renamed(reference: String) -> String {
    let mark = reference.hasPrefix("^") ? "^" : ""
    let parts = reference.dropFirst(mark.count).split(separator: ":", maxSplits: 1)
    let name = names[String(parts[0])] ?? ""
    return mark + ([name] + parts.dropFirst().map(String.init)).joined(separator: ":")
  }
}
