import Foundation
import MAEST
import MAESTFiles
import MAESTWeights

extension ModelInstaller {
  /// A classification head that was installed.
  package struct HeadResult: Sendable {
    package let name: String
    /// The graph's path.
    package let path: String
    /// The downloaded files; nil if the head was already installed.
    package let sources: [InstallationRecord.Source]?
  }

  /// Downloads the graph and the labels of a classification head, unless it is installed, and checks that the head can
  /// be loaded.
  ///
  /// - Parameters: as for ``install(_:acceptsLicence:keepsGraph:notify:)``.
  /// - Throws: as there.
  package func installHead(
    _ head: OfficialHead, acceptsLicence: Bool, notify: (InstallationEvent) -> Void = { _ in }
  ) throws -> HeadResult {
    if let result = installed(head) { return result }
    return try withLicenceAndLock(
      head.name, acceptsLicence: acceptsLicence, forHeads: true, installed: { installed(head) },
      install: {
        try withoutActuallyEscaping(notify) { try download(head, notify: $0) }
      })
  }

  private func installed(_ head: OfficialHead) -> HeadResult? {
    guard store.isHeadInstalled(head.name),
      PathCalls.exists(store.headLabelsFile(head.name).path)
    else { return nil }
    return HeadResult(name: head.name, path: store.headFile(head.name).path, sources: nil)
  }

  private func download(
    _ head: OfficialHead, notify: @escaping (InstallationEvent) -> Void
  ) throws -> HeadResult {
    let sources = [
      try download(head.metadata, limit: Self.metadataLimit, notify: notify),
      try download(head.graph, limit: Self.graphLimit, notify: notify),
    ]
    try check(head, notify)
    // Move the graph last: if the graph is in place, so are the labels.
    try move(downloaded(head.metadata), to: store.headLabelsFile(head.name).path)
    try move(downloaded(head.graph), to: store.headFile(head.name).path)
    guard FileSystemCalls.synchronizeFolder(store.heads.path) == 0 else {
      throw DownloadError.cannotWrite(path: store.heads.path, reason: DownloadError.reason(errno))
    }
    return HeadResult(name: head.name, path: store.headFile(head.name).path, sources: sources)
  }

  /// Loads the head to check it. Removes the downloaded files if that fails, so that a later attempt fetches them
  /// again.
  private func check(_ head: OfficialHead, _ notify: (InstallationEvent) -> Void) throws {
    do {
      let labels = try ClassificationHeadModel(path: downloaded(head.graph)).labels
      if labels.count != head.labelCount {
        notify(.notice("it has \(labels.count) labels, expected \(head.labelCount)"))
      }
    } catch {
      for file in [head.graph, head.metadata] { FileSystemCalls.unlinkFile(downloaded(file)) }
      throw error
    }
  }

  private func move(_ file: String, to target: String) throws(DownloadError) {
    guard FileSystemCalls.renameFile(file, to: target) == 0 else {
      throw .cannotWrite(path: target, reason: DownloadError.reason(errno))
    }
  }
}
