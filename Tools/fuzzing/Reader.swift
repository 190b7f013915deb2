import Foundation
import MAESTAudio
import MAESTConverter
import MAESTLibrary
import MAESTWeights

/// One of the ways by which bytes come into the program.
package enum Reader: String, CaseIterable, Sendable {
  case frozen
  case savedModel = "saved-model"
  case onnx
  case safeTensors = "safetensors"
  case weights
  case audio
  case records

  /// How the names of audio files end.
  static let audioSuffixes = [".wav", ".w64", ".aiff", ".flac", ".ogg", ".mp3"]

  /// How the names of files of records end.
  static let recordSuffix = ".jsonl"

  /// The reader for a file or folder, as the program would choose it.
  package init(path: String) throws {
    let path = Corpus.model(in: path)
    if FileManager.default.fileExists(atPath: path + "/saved_model.pb") {
      self = .savedModel
    } else if Self.audioSuffixes.contains(where: path.hasSuffix) {
      self = .audio
    } else if path.hasSuffix(Self.recordSuffix) {
      self = .records
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

  package enum Result: Equatable {
    case converted
    case refused(String)
  }

  /// Reads the model at `path`, makes the bytes of all its parameters and runs its network on a patch where it is small;
  /// decodes the sound to its end; or merges the records.
  ///
  /// Files that come of it are written beside `path`. An error of a type that no reader has is a crash.
  package func outcome(of path: String) -> Result {
    do {
      switch self {
      case .weights: try ModelReading.readWeights(path)
      case .audio: try AudioReading.read(path)
      case .records: try RecordReading.read(path)
      case .frozen, .savedModel, .onnx, .safeTensors: try ModelReading.convert(path, by: self)
      }
      return .converted
    } catch {
      precondition(Self.isTyped(error), "an error of type \(type(of: error)): \(error)")
      return .refused("\(error)")
    }
  }

  private static func isTyped(_ error: any Error) -> Bool {
    error is ConversionError || error is WeightError || error is AudioError || error is RecordOutputError
  }
}
