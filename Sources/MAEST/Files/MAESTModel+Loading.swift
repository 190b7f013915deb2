import Foundation
public import Logging
import MAESTConverter
public import MAESTCore
import MAESTFiles
package import MAESTKernels
package import MAESTNetwork
package import MAESTWeights

extension MAESTModel {
  /// Loads a weight file (`.safetensors`) or a graph (`.pb`, `.onnx` or a SavedModel folder).
  ///
  /// A graph is converted and verified on first use. The converted weights are stored in the user's cache folder, or in
  /// memory if that cannot be written.
  ///
  /// - Parameters:
  ///   - path: the file or folder.
  ///   - options: threads, backend and precision.
  ///   - logger: receives messages about conversions; silent by default.
  /// - Throws: ``ModelError``, `WeightError`, `ConversionError`, `VerificationError`, or an error of the compute
  ///   backend, such as a precision that this CPU does not support.
  public init(path: String, options: EngineOptions = .automatic, logger: Logger = .silent) throws {
    // Check the precision first, because converting a graph takes long.
    _ = try options.resolvedPrecision()
    let compute = try options.makeCompute()
    try self.init(Self.weightFile(path, logger: logger), options: options, compute: compute) {
      PackedWeightCache.standard(logger: logger).weights(of: $0, for: $1, on: compute)
    }
  }

  /// Makes the network of a weight file; packed weights for low-precision kernels come from the user's cache.
  package static func network(
    of file: WeightFile, on compute: Compute, logger: Logger = .silent
  ) -> AudioSpectrogramTransformer {
    AudioSpectrogramTransformer(
      file,
      packed: compute.tiles.map {
        PackedWeightCache.standard(logger: logger).weights(of: file, for: $0, on: compute)
      })
  }

  private static func weightFile(_ path: String, logger: Logger) throws -> WeightFile {
    guard PathCalls.exists(path) else { throw ModelError.missingFile(path: path) }
    if SourceReader.isSavedModel(path) {
      return try ConversionCache.standard(logger: logger).weights(ofGraphAt: path)
    }
    switch URL(filePath: path).pathExtension.lowercased() {
    case "safetensors": return try WeightFile(path: path)
    case "pb", "onnx":
      return try ConversionCache.standard(logger: logger).weights(ofGraphAt: path)
    default: throw ModelError.unknownFileType(path: path)
    }
  }
}

extension Logger {
  /// A logger that discards all messages.
  public static var silent: Logger { Logger(label: "maest", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
