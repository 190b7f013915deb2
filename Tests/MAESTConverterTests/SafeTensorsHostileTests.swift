import Foundation
import MAESTConverter
import MAESTTestSupport
import MAESTWeights
import Testing

@Suite struct SafeTensorsHostileTests {
  private let huggingFace = Fixtures.path("graphs/discogs-maest-5s-tiny-hf.safetensors")
  private let huggingFaceConfiguration = Fixtures.path("graphs/discogs-maest-5s-tiny-hf-config.json")

  /// Runs `body` with the path of a copy that has its configuration beside it.
  private func withCopy(_ body: (_ path: String, _ configuration: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let (path, configuration) = (folder + "/model.safetensors", folder + "/config.json")
      try FileManager.default.copyItem(atPath: huggingFace, toPath: path)
      try FileManager.default.copyItem(atPath: huggingFaceConfiguration, toPath: configuration)
      try body(path, configuration)
    }
  }

  /// The error that reading gives for PyTorch tensors after a change to them.
  private func error(
    headCount: Int? = 2, _ change: (inout [String: NamedArray]) -> Void
  ) throws -> ConversionError? {
    try withTemporaryFolder { folder in
      var tensors = PyTorchModel(TinyModel.configuration, type: .float32, seed: 11).tensors
      change(&tensors)
      try writeSafeTensors(tensors, to: folder + "/model.safetensors")
      do throws(ConversionError) {
        _ = try SourceReader.model(at: folder + "/model.safetensors", options: .init(headCount: headCount))
        return nil
      } catch { return error }
    }
  }

  @Test func everyTruncationIsRefused() throws {
    try withCopy { path, _ in
      let data = try Data(contentsOf: URL(filePath: path))
      let count = try refusals(
        of: path, source: path, data: data, damages: truncations(of: data.count, count: 60))
      #expect(count == 60, "\(60 - count) of 60 truncations were taken for a model")
    }
  }

  @Test func flippedBitsOfTheHeaderAreRefusedOrHarmless() throws {
    try withCopy { path, _ in
      let data = try Data(contentsOf: URL(filePath: path))
      let flips = bitFlips(of: 20_000, count: 300, seed: 12)
      let count = try refusals(of: path, source: path, data: data, damages: flips)
      #expect(count > 250, "only \(count) of 300 flipped bits were refused")
    }
  }

  @Test func flippedBitsOfTheConfigurationAreRefusedOrHarmless() throws {
    try withCopy { path, configuration in
      let data = try Data(contentsOf: URL(filePath: configuration))
      let flips = bitFlips(of: 500, count: 300, seed: 13)
      let count = try refusals(of: configuration, source: path, data: data, damages: flips)
      #expect(count > 100, "only \(count) of 300 flipped bits were refused")
    }
  }

  @Test func anAbsurdHeaderLengthIsRefused() throws {
    try withCopy { path, _ in
      for length in [UInt64.max, 1 << 62, 100_000_001, 0] {
        try edit(path) { data in
          data.replaceSubrange(0..<8, with: withUnsafeBytes(of: length.littleEndian) { Data($0) })
        }
        #expect {
          try SourceReader.model(at: path)
        } throws: { error in
          guard case .damaged(path, _, _) = error as? ConversionError else { return false }
          return true
        }
      }
    }
  }

  @Test func everyDifferenceIsListed() throws {
    let error = try error { tensors in
      tensors["blocks.1.mlp.fc1.bias"] = nil
      tensors["cls_token"] = NamedArray(shape: [1, 24], elements: Array(repeating: 0, count: 24))
      tensors["norm.bias"]?.type = .integer32
      tensors["blocks.0.ls1.gamma"] = NamedArray(shape: [1], elements: [1])
    }
    guard case .wrongTensors(_, let missing, let unexpected, let misshapen) = error else {
      Issue.record("found \(String(describing: error))")
      return
    }
    #expect(missing == ["blocks.1.mlp.fc1.bias"])
    #expect(unexpected == ["blocks.0.ls1.gamma"])
    #expect(
      misshapen == ["cls_token (F32 [1, 24], expected [1, 1, 24])", "norm.bias (I32 [24], expected [24])"])
  }

  @Test(arguments: [
    "patch_embed.proj.weight", "blocks.0.attn.qkv.weight", "blocks.0.mlp.fc1.weight", "time_new_pos_embed",
  ])
  func aMissingTensorThatTellsASizeIsRefused(name: String) throws {
    let error = try error { $0[name] = nil }
    switch error {
    case .wrongTensors, .notMAEST: break
    default: Issue.record("without \(name): \(String(describing: error))")
    }
  }

  @Test func aWidthThatIsNoMultipleOf64NeedsTheHeads() throws {
    guard case .missingFact(_, _, let remedy) = try error(headCount: nil, { _ in }) else {
      Issue.record("the number of heads was guessed")
      return
    }
    #expect(remedy.contains("number of heads"))
  }

  @Test(arguments: [0, -1, 5, Int.max])
  func headsThatDoNotDivideTheWidthAreRefused(count: Int) throws {
    guard case .missingFact = try error(headCount: count, { _ in }) else {
      Issue.record("\(count) heads for width 24 were taken")
      return
    }
  }

  @Test func huggingFaceNeedsItsConfiguration() throws {
    try withCopy { path, configuration in
      try FileManager.default.removeItem(atPath: configuration)
      #expect {
        try SourceReader.model(at: path)
      } throws: { error in
        guard case .missingFact(path, _, let remedy) = error as? ConversionError else { return false }
        return remedy.contains("config.json")
      }
    }
  }

  @Test(arguments: [
    ("num_attention_heads", "0"), ("num_attention_heads", "\"3\""), ("frequency_stride", "-1"),
    ("time_stride", "0"),
    ("layer_norm_eps", "0"), ("layer_norm_eps", "1e400"), ("max_length", "9223372036854775807"),
    ("hidden_act", "\"relu\""),
    ("num_mel_bins", "null"),
  ])
  func badFactsInTheConfigurationAreRefused(key: String, value: String) throws {
    try withCopy { path, configuration in
      try edit(configuration) { data in
        let text = String(decoding: data, as: UTF8.self)
        let lines = text.split(separator: "\n").map { line in
          line.hasPrefix(" \"\(key)\"") ? " \"\(key)\": \(value)," : String(line)
        }
        #expect(lines.joined(separator: "\n") + "\n" != text)
        data = Data(lines.joined(separator: "\n").utf8)
      }
      #expect {
        try SourceReader.model(at: path)
      } throws: { error in
        guard case .badMetadata(configuration, _) = error as? ConversionError else { return false }
        return true
      }
    }
  }

  /// Facts that are possible, but not of these tensors.
  @Test(arguments: [("max_length", "326"), ("num_mel_bins", "128"), ("time_stride", "5")])
  func factsThatDoNotFitTheTensorsAreRefused(key: String, value: String) throws {
    try withCopy { path, configuration in
      try edit(configuration) { data in
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
          line.hasPrefix(" \"\(key)\"") ? " \"\(key)\": \(value)," : String(line)
        }
        data = Data(lines.joined(separator: "\n").utf8)
      }
      #expect {
        try SourceReader.model(at: path)
      } throws: { error in
        guard case .wrongTensors(path, [], [], let misshapen) = error as? ConversionError else {
          return false
        }
        return misshapen.count == 1 && misshapen[0].contains("position_embeddings")
      }
    }
  }

  @Test func aWeightFileNeedsNoConversion() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/model.safetensors"
      try TinyModel.write(to: path)
      #expect {
        try SourceReader.model(at: path)
      } throws: { error in
        guard case .notMAEST(let reason) = error as? ConversionError else { return false }
        return reason.contains("a weight file already")
      }
    }
  }

  @Test(arguments: ["pt", "pth", "ckpt", "bin"])
  func pickledFilesAreRefused(ending: String) {
    #expect {
      try SourceReader.model(at: "/nowhere/model.\(ending)")
    } throws: { error in
      guard case .unreadable(_, let reason) = error as? ConversionError else { return false }
      return reason.contains(".safetensors")
    }
  }
}
