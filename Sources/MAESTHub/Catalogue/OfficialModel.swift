/// A model that the authors of MAEST publish.
package struct OfficialModel: Codable, Sendable, Hashable {
  /// Kind and version, "30s-pw-519l-2".
  package let name: String
  package let labelCount: Int
  /// Length of a patch in seconds.
  package let seconds: Int
  /// The frozen TensorFlow graph (`.pb`).
  package let graph: OfficialFile
  /// Essentia's metadata with the labels (`.json`).
  package let metadata: OfficialFile
  /// The same model as ONNX, where it is published.
  package let onnx: OfficialFile?
}

/// A classification head that is published by itself: the tail of a model, fed with tokens of its last layer.
package struct OfficialHead: Codable, Sendable, Hashable {
  /// Its files' name without ending.
  package let name: String
  /// The model whose tokens it takes.
  package let model: String
  package let labelCount: Int
  package let graph: OfficialFile
  package let metadata: OfficialFile
  package let onnx: OfficialFile?
}

/// Terms under which the official models may be used.
package struct ModelLicence: Codable, Sendable, Hashable {
  package let name: String
  package let url: String
  package let owner: String
  package let summary: String
}
