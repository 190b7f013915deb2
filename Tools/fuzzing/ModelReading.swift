import Foundation
import MAESTConverter
import MAESTFiles
import MAESTTensor
import MAESTWeights

/// Reads models as the program does, up to the values that their network gives.
enum ModelReading {
  /// Reads and recognises the model at `path`, writes its weight file beside it and reads that.
  ///
  /// - Throws: `ConversionError`.
  static func convert(_ path: String, by reader: Reader) throws {
    let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
    let hasConfiguration = try FileManager.default.contentsOfDirectory(atPath: folder)
      .contains { $0.hasSuffix("config.json") }
    // Files without a configuration do not tell the number of heads, and the fixture's is not the published one.
    let headCount = reader == .safeTensors && !hasConfiguration ? 2 : nil
    let model = try SourceReader.model(at: path, options: .init(headCount: headCount))
    for parameter in model.parameters {
      let bytes = try parameter.bytes()
      precondition(bytes.count == parameter.shape.reduce(4, *), "\(parameter.name): \(bytes.count) bytes")
    }
    guard NetworkTrial.isSmall(model.configuration) else { return }
    let output = URL(filePath: path).deletingPathExtension().path(percentEncoded: false) + "-weights.bin"
    defer { unlink(output) }
    try WeightFile.write(description(of: model), parameters: model.parameters, to: output)
    do {
      NetworkTrial.run(try WeightFile(path: output))
    } catch {
      preconditionFailure("what was converted cannot be read: \(error)")
    }
  }

  /// Labels come from elsewhere; here they are numbers.
  private static func description(of model: ConvertibleModel) -> ModelDescription {
    ModelDescription(
      configuration: model.configuration, labels: (0..<model.configuration.labelCount).map { "\($0)" },
      inputName: model.graph == nil ? nil : model.inputName, outputs: model.outputs, normalization: .discogs,
      provenance: Provenance(
        sourceName: "input", sourceSHA256: model.digest, sourceFormat: model.format, labelSource: "none",
        converterVersion: GraphConverter.version))
  }

  /// Reads the weight file at `path`, every byte of its parameters, in place, as the network takes them.
  ///
  /// - Throws: `WeightError`.
  static func readWeights(_ path: String) throws {
    let file = try WeightFile(path: path)
    var checksum: UInt8 = 0
    for parameter in file.configuration.parameters {
      guard let range = file.tensors.entries[parameter.name]?.dataRange else {
        preconditionFailure("no \(parameter.name) in a file that was accepted")
      }
      file.tensors.file.withUnsafeBytes { bytes in
        for index in range { checksum ^= bytes[file.tensors.dataOffset + index] }
      }
      if parameter.shape.count == 2 {
        _ = file.matrix(parameter.name)
      } else {
        _ = file.vector(parameter.name)
      }
    }
    precondition(checksum | 1 != 0)
    if NetworkTrial.isSmall(file.configuration) { NetworkTrial.run(file) }
  }
}
