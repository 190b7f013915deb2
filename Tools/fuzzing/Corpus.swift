package import Foundation
import MAESTTestSupport

/// The files that inputs are made of, by reader.
package struct Corpus {
  /// A model as it lies in a folder: one file, or several; or a sound.
  package struct Sample {
    /// Contents by path relative to the folder.
    package var files: [String: Data]
    /// What the reader is given, relative to the folder; empty for the folder itself.
    package var model: String
    package let reader: Reader

    package var byteCount: Int { files.values.reduce(0) { $0 + $1.count } }
  }

  private let samples: [Reader: [Sample]]

  /// The models at `paths`; by default those of the repository's fixtures.
  package init(paths: [String]) throws {
    var samples: [Reader: [Sample]] = [:]
    for path in paths.isEmpty ? Self.defaults.map(Fixtures.path) : paths {
      let reader = try Reader(path: path)
      let name = reader == .savedModel ? "" : URL(filePath: path).lastPathComponent
      samples[reader, default: []].append(
        Sample(files: try Self.files(of: path), model: name, reader: reader))
    }
    self.samples = samples
  }

  private static let defaults = [
    "fuzz/flat.pb", "fuzz/functions.pb", "graphs/maest-module-frozen.pb", "graphs/maest-module-savedmodel",
    "fuzz/model.onnx", "graphs/exported/tiny-sdpa-opset23-dynamic.onnx",
    "graphs/exported/tiny-sdpa-unoptimized-dynamic.onnx", "graphs/exported/tiny-eager-functions.onnx",
    "fuzz/hugging-face.safetensors", "fuzz/original.safetensors",
    "fuzz/weights.safetensors",
    "fuzz/audio/integer.wav", "fuzz/audio/float.wav", "fuzz/audio/adpcm.wav", "fuzz/audio/integer.w64",
    "fuzz/audio/integer.aiff", "fuzz/audio/mono.flac", "fuzz/audio/stereo.flac", "fuzz/audio/vorbis.ogg",
    "fuzz/audio/opus.ogg", "fuzz/audio/counted.mp3", "fuzz/audio/uncounted.mp3", "fuzz/records.jsonl",
  ]

  package func has(_ reader: Reader) -> Bool { samples[reader] != nil }

  package func samples(for reader: Reader) -> [Sample] { samples[reader] ?? [] }

  /// The files of the model at `path` by relative path, with a configuration that lies beside it.
  package static func files(of path: String) throws -> [String: Data] {
    let model = model(in: path)
    var isFolder = ObjCBool(false)
    guard FileManager.default.fileExists(atPath: model, isDirectory: &isFolder) else {
      throw CocoaError(.fileReadNoSuchFile, userInfo: [NSFilePathErrorKey: path])
    }
    let url = URL(filePath: model)
    guard isFolder.boolValue else {
      let stem = url.deletingPathExtension().lastPathComponent
      let beside = ["\(stem)-config.json", "config.json"].map {
        url.deletingLastPathComponent().appending(path: $0)
      }
      var files = [url.lastPathComponent: try Data(contentsOf: url)]
      for url in beside { files[url.lastPathComponent] = try? Data(contentsOf: url) }
      return files
    }
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: model) {
      if let data = try? Data(contentsOf: url.appending(path: name)) { files[name] = data }
    }
    return files
  }

  /// The model in a folder of kept files; any other path as it is.
  package static func model(in path: String) -> String {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    guard !names.contains("saved_model.pb") else { return path }
    let suffixes = [".pb", ".onnx", ".safetensors", Reader.recordSuffix] + Reader.audioSuffixes
    let model = names.first { suffixes.contains(where: $0.hasSuffix) }
    return model.map { path + "/" + $0 } ?? path
  }
}
