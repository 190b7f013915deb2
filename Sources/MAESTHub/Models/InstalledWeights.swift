import Foundation
import MAEST
import MAESTWeights

/// Weight files in the user's model folder, by the graphs that they were made of.
package enum InstalledWeights {
  /// The path of a weight file made of the graph with this SHA-256; nil: there is none.
  ///
  /// - Throws: ``CatalogueError`` for a folder that cannot be read.
  package static func path(ofSource sha256: String) throws -> String? {
    try ModelLocator.standard(logger: .silent).weightFiles().first { path in
      // One that cannot be read is none that could be used.
      (try? WeightFile(path: path))?.description.provenance.sourceSHA256 == sha256
    }
  }
}
