import Foundation
import MAEST
import MAESTFiles
import MAESTTensor
import MAESTWeights

extension ModelStore {
  /// The facts that `verify` established, one line each.
  package struct Check: Sendable, Equatable {
    package var facts: [String]
  }

  /// Checks that the weight file of an installed model is valid and that the recorded hashes match.
  ///
  /// - Throws: ``CatalogueError/damaged(name:findings:)`` with all problems found;
  ///   ``CatalogueError/notInstalled(name:folder:)``.
  package func verify(_ name: String, model: OfficialModel?) throws(CatalogueError) -> Check {
    guard isInstalled(name) else { throw .notInstalled(name: name, folder: folder.path) }
    let path = weightFile(name).path
    let file: WeightFile
    do { file = try WeightFile(path: path) } catch {
      throw .damaged(name: name, findings: ["\(error)"])
    }
    var check = Check(facts: [
      "weight file: \(file.configuration.parameters.count) tensors, all as expected",
      "verified: \(file.description.provenance.verification)",
    ])
    var findings: [String] = []
    let source = file.description.provenance.sourceSHA256
    switch readRecord(name) {
    case .read(let record):
      compare("weight file", try digest(path, name), record.weightSHA256, &check, &findings)
      compare("graph it was made of", source, record.graph.sha256, &check, &findings)
    case .unreadable(let reason):
      findings.append("\(recordFile(name).lastPathComponent): the weights cannot be checked: \(reason)")
    case .none:
      check.facts.append("no record of an installation beside it: the weights themselves were not checked")
    }
    if let expected = model?.graph.sha256 {
      compare("graph in the list of models", source, expected, &check, &findings)
    }
    guard findings.isEmpty else { throw .damaged(name: name, findings: findings) }
    return check
  }

  /// Checks that an installed head can be loaded and that its files have the hashes of the catalogue, if it has any.
  ///
  /// - Throws: as ``verify(_:model:)``.
  package func verifyHead(_ name: String, head: OfficialHead?) throws(CatalogueError) -> Check {
    guard isHeadInstalled(name) else { throw .notInstalled(name: name, folder: heads.path) }
    let path = headFile(name).path
    let model: ClassificationHeadModel
    do { model = try ClassificationHeadModel(path: path) } catch {
      throw .damaged(name: name, findings: ["\(error)"])
    }
    var check = Check(facts: [
      "head: \(model.labels.count) labels, of \(model.tokenCount) tokens of width \(model.embeddingWidth)"
    ])
    var findings: [String] = []
    let labels = headLabelsFile(name).path
    for (what, path, expected) in [
      ("graph", path, head?.graph.sha256), ("labels", labels, head?.metadata.sha256),
    ] {
      let found = try digest(path, name)
      if let expected {
        compare(what, found, expected, &check, &findings)
      } else {
        check.facts.append("\(what): SHA-256 \(found), none is known to compare it with")
      }
    }
    guard findings.isEmpty else { throw .damaged(name: name, findings: findings) }
    return check
  }

  private func compare(
    _ what: String, _ found: String, _ expected: String, _ check: inout Check, _ findings: inout [String]
  ) {
    if found == expected {
      check.facts.append("\(what): SHA-256 \(found), as expected")
    } else {
      findings.append("\(what): SHA-256 is \(found), expected \(expected)")
    }
  }

  private func digest(_ path: String, _ name: String) throws(CatalogueError) -> String {
    do {
      return try MappedFile(path: path).withUnsafeBytes { SHA256Digest.hash($0) }
    } catch {
      throw .damaged(name: name, findings: [error.description])
    }
  }
}
