import ArgumentParser
import Foundation
import MAEST
import MAESTHub

struct ModelsPullCommand: QuietableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Download an official model, convert and verify it; or a classification head.",
    discussion: """
      A head is kept as it comes, with its labels, once it has been loaded: --head NAME finds it.

      A download that was broken off goes on where it ended when the command is run again. Where the list of models \
      has a SHA-256, the files are compared with it; where it has none, the one that came is printed and recorded.

      The weights are licensed under CC BY-NC-SA 4.0 (non-commercial use only); --accept-license is needed once.

      Proxies: on Linux the variables http_proxy, https_proxy, all_proxy and no_proxy are obeyed (libcurl's rules; \
      HTTP_PROXY in capitals is not); on macOS the system's proxy settings.

      Examples:
        maest models pull 30s-pw-519l --accept-license
        maest models pull 10s-pw-1 --keep-graph
        maest models pull genre_discogs400-discogs-maest-30s-pw-1
        https_proxy=http://proxy:3128 maest models pull 30s-pw
      """)

  @Argument(help: "Name or alias of a model, or name of a head, see maest models list.")
  var name: String

  @Flag(help: "Accept the licence of the official models, CC BY-NC-SA 4.0.")
  var acceptLicense = false

  @Flag(help: "Keep the graph (.pb) and its metadata (.json) beside the weight file.")
  var keepGraph = false

  @Option(help: "Fetch from here instead of https://essentia.upf.edu/models.")
  var baseURL: String?

  @Option(help: "Attempts after a failed one; pauses of 1, 2, 4 ... seconds lie between them.")
  var retries = 5

  @Option(help: "Seconds without a byte after which an attempt has failed.")
  var stallLimit = 60.0

  @OptionGroup var options: CatalogueOptions
  @OptionGroup var quietOption: QuietOption

  func validate() throws {
    if !(0...100).contains(retries) { throw ValidationError("--retries \(retries): 0 to 100") }
    if !(0.01...3600).contains(stallLimit) {
      throw ValidationError("--stall-limit \(stallLimit): 0.01 to 3600")
    }
  }

  func run() throws {
    try attempt {
      let installer = try ModelInstaller(
        catalogue: options.load(), store: options.store, baseURL: baseURL,
        policy: .retrying(retries, stallLimit: .seconds(stallLimit)))
      let printer = DownloadPrinter()
      if let head = installer.catalogue.head(named: name) {
        let result = try installer.installHead(head, acceptsLicence: acceptLicense, notify: printer.show)
        StandardError.show(progress: "")
        report(result, installer.catalogue)
      } else {
        let result = try installer.install(
          name, acceptsLicence: acceptLicense, keepsGraph: keepGraph, notify: printer.show)
        StandardError.show(progress: "")
        report(result, installer.catalogue)
      }
    }
  }

  private func report(_ result: ModelInstaller.Result, _ catalogue: ModelCatalogue) {
    guard let record = result.record else {
      printLine("\(result.name): installed already: \(result.path)")
      return
    }
    printHashes([record.metadata, record.graph])
    printLine("\(result.name): \(result.path) (\(size(record.weightByteCount)))")
    printLicence(catalogue)
  }

  private func report(_ result: ModelInstaller.HeadResult, _ catalogue: ModelCatalogue) {
    guard let sources = result.sources else {
      printLine("\(result.name): installed already: \(result.path)")
      return
    }
    printHashes(sources)
    printLine("\(result.name): \(result.path)")
    printLicence(catalogue)
  }

  private func printHashes(_ sources: [InstallationRecord.Source]) {
    for source in sources {
      let judgement = source.isConfirmed ? "as expected" : "not verified: no expected value is known"
      printLine("\(source.name): SHA-256 \(source.sha256) (\(judgement))")
    }
  }

  private func printLicence(_ catalogue: ModelCatalogue) {
    printLine("licence: \(catalogue.licence.name), \(catalogue.licence.summary)")
  }
}
