import MAEST
import MAESTHub
import MAESTLibrary

/// The option or command that helps after an error. The libraries' own messages name no command-line options.
func commandHint(for error: any Error) -> String? {
  switch error {
  case SignalError.tooShort: "--last-patch repeat fills a patch by repetition"
  case ModelError.noModel, ModelError.ambiguousModel: "--model FILE or NAME"
  case CatalogueError.notInstalled(let name, _): "maest models pull \(name) --accept-license"
  case CatalogueError.licenceNotAccepted(let model, _, _, _): "maest models pull \(model) --accept-license"
  case CatalogueError.unknownModel, CatalogueError.unknownHead: "maest models list shows all names"
  case CatalogueError.damaged(let name, _): "maest models remove \(name), then maest models pull \(name)"
  case DownloadError.wrongDigest: "--base-url names another address"
  case DownloadError.gaveUp(_, _, let keptByteCount, _) where keptByteCount > 0:
    "the same command goes on from there"
  case RecordOutputError.exists: "--force replaces it"
  default: nil
  }
}
