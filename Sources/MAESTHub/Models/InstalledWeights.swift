import Foundation
import MAEST
import MAESTWeights

/// Finds weight files in the user's model folder by the graphs they were converted from.
package enum InstalledWeights {
  /// The path of a weight file converted from the graph with this SHA-256; nil if there is none.
  ///
  /// - Throws: ``CatalogueError`` if the folder cannot be read.
  package static func path(ofSource sha256: String) throws -> String? {
    try ModelLocator.standard(logger: .silent).weightFiles().first { path in
      // Skip unreadable files: they cannot be used anyway.
      (try? WeightFile(path: path))?.description.provenance.sourceSHA256 == sha256
    }
  }
}
