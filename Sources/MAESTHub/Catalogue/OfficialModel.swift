/// A model that the authors of MAEST publish.
package struct OfficialModel: Codable, Sendable, Hashable {
  /// Kind and version, such as "30s-pw-519l-2".
  package let name: String
  package let labelCount: Int
  /// Length of a patch in seconds.
  package let seconds: Int
  /// The frozen TensorFlow graph (`.pb`).
  package let graph: OfficialFile
  /// Essentia's metadata with the labels (`.json`).
  package let metadata: OfficialFile
  /// The same model as ONNX, if published.
  package let onnx: OfficialFile?
}

/// A classification head published as a separate file; its input is the tokens of a model's last layer.
package struct OfficialHead: Codable, Sendable, Hashable {
  /// Name of its files without the extension.
  package let name: String
  /// Name of the model whose tokens it takes.
  package let model: String
  package let labelCount: Int
  package let graph: OfficialFile
  package let metadata: OfficialFile
  package let onnx: OfficialFile?
}

/// The licence of the official models.
package struct ModelLicence: Codable, Sendable, Hashable {
  package let name: String
  package let url: String
  package let owner: String
  package let summary: String
}
