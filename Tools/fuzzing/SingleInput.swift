package import Foundation
import MAESTFiles
import MAESTTestSupport
import MAESTWeights

/// An input that is one piece of bytes, as coverage-guided fuzzing and the regression tests have it.
///
/// Where a model needs a configuration beside it, that follows behind ``marker``.
package struct SingleInput {
  private static let marker = Data("\n--config.json--\n".utf8)

  package let reader: Reader
  package let bytes: Data

  package init(_ bytes: Data, for reader: Reader) {
    self.reader = reader
    self.bytes = bytes
  }

  /// The file at `path`, with its configuration.
  package init(path: String) throws {
    reader = try Reader(path: path)
    let files = try Corpus.files(of: path)
    let name = URL(filePath: Corpus.model(in: path)).lastPathComponent
    let configuration = files.first { $0.key != name }?.value
    bytes = (files[name] ?? Data()) + (configuration.map { Self.marker + $0 } ?? Data())
  }

  /// The bytes as files; nil for what is no single file.
  var sample: Corpus.Sample? {
    let name =
      switch reader {
      case .frozen: "model.pb"
      case .onnx: "model.onnx"
      case .safeTensors, .weights: "model.safetensors"
      case .audio: "sound.wav"
      case .records: "records.jsonl"
      case .savedModel: ""
      }
    guard !name.isEmpty else { return nil }
    guard reader == .safeTensors, let marker = bytes.range(of: Self.marker, options: .backwards) else {
      return Corpus.Sample(files: [name: bytes], model: name, reader: reader)
    }
    let files = [name: bytes[..<marker.lowerBound], "config.json": bytes[marker.upperBound...]]
    return Corpus.Sample(files: files, model: name, reader: reader)
  }

  private init?(_ sample: Corpus.Sample) {
    guard let model = sample.files[sample.model] else { return nil }
    let configuration = sample.files["config.json"].map { Self.marker + $0 } ?? Data()
    self.init(model + configuration, for: sample.reader)
  }

  /// What the reader makes of it, as files in `folder`, which is left as it was.
  ///
  /// - Parameter mendingChecksum: give a weight file the checksum that its header has to have: else hardly any
  ///   change of one gets past it.
  package func outcome(in folder: String, mendingChecksum: Bool = false) throws -> Reader.Result? {
    guard let sample else { return nil }
    for (name, data) in sample.files { try data.write(to: URL(filePath: "\(folder)/\(name)")) }
    defer { for name in sample.files.keys { unlink("\(folder)/\(name)") } }
    let path = "\(folder)/\(sample.model)"
    if mendingChecksum, reader == .weights { try Self.mendChecksum(ofFileAt: path) }
    return reader.outcome(of: path)
  }

  /// Writes the right checksum over the one that is there.
  private static func mendChecksum(ofFileAt path: String) throws {
    guard let file = try? SafeTensorsFile(path: path), let found = file.metadata[HeaderChecksum.key] else {
      return
    }
    let right = Data(HeaderChecksum.compute(metadata: file.metadata, entries: file.entries).utf8)
    var bytes = try Data(contentsOf: URL(filePath: path))
    let old = Data("\"\(found)\"".utf8)
    guard old.count == right.count + 2, right != Data(found.utf8), let range = bytes.range(of: old) else {
      return
    }
    bytes.replaceSubrange(range, with: Data("\"".utf8) + right + Data("\"".utf8))
    try bytes.write(to: URL(filePath: path))
  }

  /// Changed in a way that its format knows; nil where it cannot be decoded.
  package func changed(seed: UInt64) -> SingleInput? {
    guard var sample, let structure = try? InputMutator.structure(of: sample) else { return nil }
    var random = SeededRandom(seed: seed)
    if random.chance(3) {
      structure.changeNumbers(&sample, &random)
    } else {
      structure.change(&sample, &random)
    }
    return SingleInput(sample)
  }
}
