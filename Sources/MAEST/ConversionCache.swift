package import Foundation
package import Logging
import MAESTConverter
import MAESTWeights

/// Weight files of graphs that were given as `.pb`: each is converted once.
///
/// The key is the SHA-256 of the graph, of the metadata beside it, and the converter's version.
package struct ConversionCache {
  let folder: URL
  let logger: Logger

  package init(folder: URL, logger: Logger) {
    self.folder = folder
    self.logger = logger
  }

  /// `maest` in the user's cache folder ($XDG_CACHE_HOME, else ~/.cache; ~/Library/Caches on macOS).
  static func standard(logger: Logger) -> ConversionCache {
    ConversionCache(folder: UserFolders.cache, logger: logger)
  }

  /// Path of the weight file for the graph at `path`, converted now if it was not before.
  package func weightFile(forGraphAt path: String) throws -> String {
    let target = folder.appendingPathComponent(try key(path) + ".safetensors")
    if FileManager.default.fileExists(atPath: target.path) { return target.path }
    do { try Folders.make(folder.path) } catch {
      throw ModelError.unusableCache(folder: folder.path, reason: error.reason)
    }
    logger.info("converting \(path), once; the weights go to \(target.path)")
    let report = try GraphConverter.convert(graphAt: path, to: target.path)
    for notice in report.notices { logger.notice("\(notice)") }
    return target.path
  }

  private func key(_ path: String) throws -> String {
    var digest = SHA256Digest()
    Array(GraphConverter.version.utf8).withUnsafeBytes { digest.update($0) }
    let metadata = GraphConverter.metadataPath(besideGraphAt: path)
    for file in try SourceReader.files(of: path) + [metadata].compactMap(\.self) {
      try SourceReader.withBytes(of: file) { digest.update($0) }
    }
    return digest.finalize()
  }
}

/// Folders of the user's, by the XDG rules.
enum UserFolders {
  static var cache: URL { folder("XDG_CACHE_HOME", linux: ".cache", apple: "Library/Caches") }

  static var models: URL {
    folder("XDG_DATA_HOME", linux: ".local/share", apple: "Library/Application Support")
      .appendingPathComponent("models")
  }

  private static func folder(_ variable: String, linux: String, apple: String) -> URL {
    let base: URL
    if let path = ProcessInfo.processInfo.environment[variable], path.hasPrefix("/") {
      base = URL(filePath: path)
    } else {
      #if os(macOS)
        base = FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(apple)
      #else
        base = FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(linux)
      #endif
    }
    return base.appendingPathComponent("maest")
  }
}
