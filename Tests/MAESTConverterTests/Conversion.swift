import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTensor
import MAESTTestSupport
import MAESTWeights
import Testing

/// The graphs of the fixtures.
enum FixtureGraph: String, CaseIterable {
  case version1 = "graphs/discogs-maest-5s-tiny-1.pb"
  case version2 = "graphs/discogs-maest-5s-tiny-2.pb"

  var path: String { Fixtures.path(rawValue) }
  static var metadataPath: String { Fixtures.path("graphs/discogs-maest-5s-tiny-2.json") }

  var definition: TensorFlowGraphDef {
    get throws { try (self == .version1 ? EditableGraph.version1 : EditableGraph.version2).get() }
  }

  /// What the fixture gives as it is, without metadata.
  var converted: Converted {
    get throws { try (self == .version1 ? Converted.version1 : Converted.version2).get() }
  }
}

/// A graph's weight file.
struct Converted {
  let report: ConversionReport
  let tensors: [String: [Float]]
  let bytes: Data

  var configuration: ModelConfiguration { report.description.configuration }
  var outputs: [String: OutputRole] { report.description.outputs }

  fileprivate static let version1 = Result { try Conversion.convert(FixtureGraph.version1.definition) }
  fileprivate static let version2 = Result { try Conversion.convert(FixtureGraph.version2.definition) }
  /// The flat graph with six blocks.
  static let sixBlocks = Result { try Conversion.convert(EditableGraph.sixBlocks().definition) }
  static let original = Result { try Conversion.convert(EditableGraph.original.get().definition) }
  /// The small graph.
  static let small = Result { try Conversion.convert(EditableGraph.small.get()) }
}

enum Conversion {
  /// Converts a graph that lies alone in a folder. However it ends, nothing else than the graph and, if there
  /// was no error, the whole weight file may lie there afterwards.
  static func convert(
    _ definition: TensorFlowGraphDef, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Converted {
    try convert(definition.serializedBytes, sourceLocation: sourceLocation)
  }

  /// As above, with the bytes of the graph's file.
  static func convert(
    _ graph: Data, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Converted {
    try withTemporaryFolder { folder in
      try graph.write(to: URL(filePath: folder + "/graph.pb"))
      do {
        let result = try convert(graphAt: folder + "/graph.pb", to: folder + "/out.safetensors")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names == ["graph.pb", "out.safetensors"], sourceLocation: sourceLocation)
        return result
      } catch {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names == ["graph.pb"], "left behind after: \(error)", sourceLocation: sourceLocation)
        throw error
      }
    }
  }

  /// Converts a graph and reads the weight file back: it has to be valid and to say the same as the report.
  static func convert(
    graphAt graph: String, metadataAt metadata: String? = nil, to output: String
  ) throws -> Converted {
    let report = try GraphConverter.convert(graphAt: graph, metadataAt: metadata, to: output)
    let file = try WeightFile(path: output)
    #expect(file.description == report.description)
    var tensors: [String: [Float]] = [:]
    for parameter in file.configuration.parameters { tensors[parameter.name] = file.elements(of: parameter) }
    return Converted(report: report, tensors: tensors, bytes: try Data(contentsOf: URL(filePath: output)))
  }
}

extension WeightFile {
  /// The elements of a parameter, row-major.
  fileprivate func elements(of parameter: Parameter) -> [Float] {
    guard let range = tensors.entries[parameter.name]?.dataRange else { return [] }
    return tensors.file.withUnsafeBytes { bytes in
      stride(from: range.lowerBound, to: range.upperBound, by: 4).map {
        bytes.loadUnaligned(fromByteOffset: tensors.dataOffset + $0, as: Float.self)
      }
    }
  }
}

// MARK: - Expectations

/// Expects two conversions to give the same configuration and the same numbers, to the last bit.
func expectSame(
  _ found: Converted, _ expected: Converted, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.configuration == expected.configuration, sourceLocation: sourceLocation)
  #expect(found.tensors.keys.sorted() == expected.tensors.keys.sorted(), sourceLocation: sourceLocation)
  for (name, elements) in expected.tensors.sorted(by: { $0.key < $1.key }) {
    expectIdentical(found.tensors[name] ?? [], elements, name, sourceLocation: sourceLocation)
  }
}

/// A graph that tests change, and what it gives as it is.
enum BaseGraph {
  /// The flat graph of the fixtures, cut to six blocks.
  case sixBlocks
  /// The flat graph of the PyTorch original, three blocks of width 24: fused layers, separate positions.
  case original

  var editable: EditableGraph {
    get throws { try self == .sixBlocks ? EditableGraph.sixBlocks() : EditableGraph.original.get() }
  }
  var converted: Converted {
    get throws { try (self == .sixBlocks ? Converted.sixBlocks : Converted.original).get() }
  }
}

/// Expects `edit` to make a graph into one that converts to the same numbers.
func expectSameNumbers(
  _ base: BaseGraph = .sixBlocks, sourceLocation: SourceLocation = #_sourceLocation,
  after edit: (inout EditableGraph) throws -> Void
) throws {
  let original = try base.editable
  var graph = original
  try edit(&graph)
  #expect(graph.definition != original.definition, "the edit changes nothing", sourceLocation: sourceLocation)
  expectSame(
    try Conversion.convert(graph.definition, sourceLocation: sourceLocation), try base.converted,
    sourceLocation: sourceLocation)
}

/// Expects `edit` to make a graph into one that is refused; the error has to name `place`, what was found there,
/// and `expected`.
func expectRefused(
  _ base: BaseGraph = .sixBlocks, at place: String, found: String? = nil, expected: String = "",
  sourceLocation: SourceLocation = #_sourceLocation, after edit: (inout EditableGraph) throws -> Void
) throws {
  var graph = try base.editable
  try edit(&graph)
  do {
    _ = try Conversion.convert(graph.definition, sourceLocation: sourceLocation)
    Issue.record("no error", sourceLocation: sourceLocation)
  } catch let error as ConversionError {
    guard case .unrecognized(let foundPlace, _, let operation, let wanted) = error else {
      Issue.record("no unrecognised place: \(error)", sourceLocation: sourceLocation)
      return
    }
    #expect(foundPlace == place, "\(error)", sourceLocation: sourceLocation)
    if let found { #expect(operation == found, "\(error)", sourceLocation: sourceLocation) }
    #expect(wanted.contains(expected) || expected.isEmpty, "\(error)", sourceLocation: sourceLocation)
  }
}

/// Expects `graph` to convert, and the weights to give what the graph gives.
@discardableResult
func expectVerified(
  _ graph: EditableGraph, sourceLocation: SourceLocation = #_sourceLocation
) throws -> ConversionReport {
  try withTemporaryFolder { folder in
    try graph.definition.serializedBytes.write(to: URL(filePath: folder + "/graph.pb"))
    let report = try GraphConverter.convert(
      graphAt: folder + "/graph.pb", verifying: true, to: folder + "/out.safetensors")
    #expect(report.verification?.passed == true, sourceLocation: sourceLocation)
    return report
  }
}
