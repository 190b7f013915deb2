/// Errors of finding a model by name, installing it or checking it.
public enum CatalogueError: Error, Equatable {
  /// The argument is neither a file nor a known model name.
  case unknownModel(name: String, nearest: [String])
  /// The argument is neither a file nor the name of a known classification head.
  case unknownHead(name: String, nearest: [String])
  /// The official model or head has not been downloaded.
  case notInstalled(name: String, folder: String)
  /// The licence was not accepted.
  case licenceNotAccepted(model: String, licence: String, url: String, summary: String)
  /// Another process is installing the same model.
  case busy(name: String, folder: String)
  /// The file system of the model folder does not support file locks, so two processes could install the same model.
  case cannotLock(name: String, folder: String, reason: String)
  /// The model folder or the cache folder cannot be used.
  case unusableFolder(folder: String, reason: String)
  /// An installed model has changed since it was installed.
  case damaged(name: String, findings: [String])
  /// The model catalogue is invalid or cannot be read.
  case badCatalogue(origin: String, reason: String)
}

extension CatalogueError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownModel(let name, let nearest):
      "'\(name)': no such file, and no model of this name" + Self.suggestion(nearest)
    case .unknownHead(let name, let nearest):
      "'\(name)': no such file, and no classification head of this name" + Self.suggestion(nearest)
    case .notInstalled(let name, let folder):
      "\(name) is not in \(folder): download it first"
    case .licenceNotAccepted(let model, let licence, let url, let summary):
      "the official models are licensed under \(licence) (\(url)): \(summary); "
        + "\(model) can be pulled once this is accepted"
    case .busy(let name, let folder):
      "\(name) is being downloaded to \(folder) by another process; wait until it is done"
    case .cannotLock(let name, let folder, let reason):
      "\(folder): cannot lock a file here while \(name) is installed: \(reason); use a folder on a local disk "
        + "(XDG_DATA_HOME), or let the network file system lock files"
    case .unusableFolder(let folder, let reason):
      "\(folder): cannot use this folder: \(reason)"
    case .damaged(let name, let findings):
      "\(name) is damaged: \(findings.joined(separator: "; ")); "
        + "remove it, and pull it again"
    case .badCatalogue(let origin, let reason):
      "\(origin): cannot use this list of models: \(reason)"
    }
  }

  private static func suggestion(_ names: [String]) -> String {
    names.isEmpty ? "" : "; did you mean \(alternatives(names))?"
  }

  private static func alternatives(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.joined() }
    return names.dropLast().joined(separator: ", ") + " or " + last
  }
}
