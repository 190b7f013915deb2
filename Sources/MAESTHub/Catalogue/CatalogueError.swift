/// Why a model cannot be found by its name, installed or checked.
public enum CatalogueError: Error, Equatable {
  /// Neither a file nor a name that is known.
  case unknownModel(name: String, nearest: [String])
  /// Neither a file nor the name of a classification head that is known.
  case unknownHead(name: String, nearest: [String])
  /// An official model or head that was not downloaded.
  case notInstalled(name: String, folder: String)
  /// The terms of use were not accepted.
  case licenceNotAccepted(model: String, licence: String, url: String, summary: String)
  /// Another process is installing the same model.
  case busy(name: String, folder: String)
  /// The file system of the folder for models cannot lock a file, so that two processes could install the same model.
  case cannotLock(name: String, folder: String, reason: String)
  /// The folder for models, or the cache, cannot be used.
  case unusableFolder(folder: String, reason: String)
  /// An installed model is not as it was when it was installed.
  case damaged(name: String, findings: [String])
  /// The list of models is unusable.
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
      "\(name) is not in \(folder): it has to be pulled first"
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
