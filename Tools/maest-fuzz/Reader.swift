import Foundation
import MAESTAudio
import MAESTConverter
import MAESTTensor
import MAESTWeights

/// One of the ways by which bytes come into the program.
enum Reader: String, CaseIterable, Sendable {
  case frozen
  case savedModel = "saved-model"
  case onnx
  case safeTensors = "safetensors"
  case weights
  case audio

  /// How the names of audio files end.
  static let audioSuffixes = [".wav", ".w64", ".aiff", ".flac", ".ogg", ".mp3"]

  /// The reader for a file or folder, as the program would choose it.
  init(path: String) throws {
    let path = Corpus.model(in: path)
    if FileManager.default.fileExists(atPath: path + "/saved_model.pb") {
      self = .savedModel
    } else if Self.audioSuffixes.contains(where: path.hasSuffix) {
      self = .audio
    } else if path.hasSuffix(".onnx") {
      self = .onnx
    } else if path.hasSuffix(".safetensors") {
      self = Self.isWeightFile(path) ? .weights : .safeTensors
    } else {
      self = .frozen
    }
  }

  /// Whether a safetensors file has our metadata, or the beginning of it.
  private static func isWeightFile(_ path: String) -> Bool {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return false }
    return data.prefix(1 << 20).range(of: Data("maest.".utf8)) != nil
  }

  enum Result: Equatable {
    case converted
    case refused(String)
  }

  /// Reads the model at `path` and makes the bytes of all its parameters, or decodes the sound to its end.
  func outcome(of path: String) -> Result {
    do {
      switch self {
      case .weights: try readWeights(path)
      case .audio: try decode(path)
      default: try convert(path)
      }
      return .converted
    } catch {
      return .refused("\(error)")
    }
  }

  private func convert(_ path: String) throws {
    let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
    let hasConfiguration = try FileManager.default.contentsOfDirectory(atPath: folder)
      .contains { $0.hasSuffix("config.json") }
    // Files without a configuration do not tell the number of heads, and the fixture's is not the published one.
    let headCount = self == .safeTensors && !hasConfiguration ? 2 : nil
    let model = try SourceReader.model(at: path, options: .init(headCount: headCount))
    for parameter in model.parameters {
      let bytes = try parameter.bytes()
      precondition(bytes.count == parameter.shape.reduce(4, *), "\(parameter.name): \(bytes.count) bytes")
    }
  }

  private func decode(_ path: String) throws {
    // What ffmpeg would make of it is not ours.
    var reader = try AudioLoader(ffmpeg: nil).open(path)
    var samples: [Float] = []
    var count = 0
    while try reader.read(appendingTo: &samples) {
      count += samples.count
      precondition(samples.allSatisfy(\.isFinite))
      samples.removeAll(keepingCapacity: true)
    }
    guard count > 0 else { throw AudioError.noSamples(path: path) }
  }

  private func readWeights(_ path: String) throws {
    let file = try WeightFile(path: path)
    var checksum: UInt8 = 0
    for parameter in file.configuration.parameters {
      guard let range = file.tensors.entries[parameter.name]?.dataRange else {
        preconditionFailure("no \(parameter.name) in a file that was accepted")
      }
      file.tensors.file.withUnsafeBytes { bytes in
        for index in range { checksum ^= bytes[file.tensors.dataOffset + index] }
      }
      // In place, as the network takes them.
      if parameter.shape.count == 2 {
        _ = file.matrix(parameter.name)
      } else {
        _ = file.vector(parameter.name)
      }
    }
    precondition(checksum | 1 != 0)
  }
}
