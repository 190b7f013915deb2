import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import Testing

@Suite struct SavedModelHostileTests {
  private let original = Fixtures.path("graphs/maest-module-savedmodel")

  /// Runs `body` with the path of a copy of the model.
  private func withCopy(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(atPath: original, toPath: folder + "/model")
      try body(folder + "/model/")
    }
  }

  @Test(arguments: ["saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"])
  func everyTruncationIsRefused(file: String) throws {
    try withCopy { folder in
      let data = try Data(contentsOf: URL(filePath: folder + file))
      let count = try refusals(
        of: folder + file, source: folder, data: data, damages: truncations(of: data.count, count: 60))
      #expect(count == 60, "\(60 - count) of 60 truncations of \(file) were taken for a model")
    }
  }

  @Test func everyFlippedBitOfTheIndexOrTheDataIsRefused() throws {
    try withCopy { folder in
      for (file, seed) in [("variables/variables.index", 1), ("variables/variables.data-00000-of-00001", 2)] {
        let data = try Data(contentsOf: URL(filePath: folder + file))
        // The end of the data file is the object graph; of the index, padding of the footer.
        let flips = bitFlips(
          of: file.hasSuffix("index") ? data.count - 48 : 8000, count: 100, seed: UInt64(seed))
        let count = try refusals(of: folder + file, source: folder, data: data, damages: flips)
        #expect(count == 100, "\(100 - count) of 100 flipped bits of \(file) were not seen")
        try data.write(to: URL(filePath: folder + file))
      }
    }
  }

  @Test func flippedBitsOfTheGraphAreRefusedOrHarmless() throws {
    try withCopy { folder in
      let path = folder + "saved_model.pb"
      let data = try Data(contentsOf: URL(filePath: path))
      let flips = bitFlips(of: data.count, count: 300, seed: 3)
      let count = try refusals(of: path, source: folder, data: data, damages: flips)
      #expect(count > 10, "only \(count) of 300 flipped bits were refused")
    }
  }

  @Test func aMissingDataFileIsNamed() throws {
    try withCopy { folder in
      let path = folder + "variables/variables.data-00000-of-00001"
      try FileManager.default.removeItem(atPath: path)
      #expect {
        try SourceReader.model(at: folder)
      } throws: { error in
        guard case .unreadable(let found, _) = error as? ConversionError else { return false }
        return found.hasSuffix("variables/variables.data-00000-of-00001")
      }
    }
  }

  @Test func aMissingIndexIsNamed() throws {
    try withCopy { folder in
      try FileManager.default.removeItem(atPath: folder + "variables/variables.index")
      #expect {
        try SourceReader.model(at: folder)
      } throws: { error in
        guard case .unreadable(let path, _) = error as? ConversionError else { return false }
        return path.hasSuffix("variables/variables.index")
      }
    }
  }

  @Test func aWrongChecksumNamesTheTensor() throws {
    try withCopy { folder in
      try edit(folder + "variables/variables.data-00000-of-00001") { $0[0] ^= 1 }
      #expect {
        try SourceReader.model(at: folder)
      } throws: { error in
        guard case .damaged(_, _, let reason) = error as? ConversionError else { return false }
        return reason.hasPrefix("the checksum of tensor '") && reason.hasSuffix("' does not match")
      }
    }
  }

  @Test func absurdPlacesOfBlocksAreRefused() throws {
    try withCopy { folder in
      let path = folder + "variables/variables.index"
      let data = try Data(contentsOf: URL(filePath: path))
      for length in [1, 5, 9, 10] {
        var footer = Data(repeating: 0xff, count: length) + Data(repeating: 0x7f, count: 40 - length)
        footer += data.suffix(8)
        try (data.dropLast(48) + footer).write(to: URL(filePath: path))
        #expect(throws: ConversionError.self) { try SourceReader.model(at: folder) }
      }
    }
  }

  @Test func aFolderWithoutAGraphIsRefused() throws {
    try withTemporaryFolder { (folder: String) -> Void in
      #expect(throws: ConversionError.unreadable(path: folder, reason: "the folder has no saved_model.pb")) {
        try SourceReader.model(at: folder)
      }
    }
  }

  @Test func aModelWithoutAServingSignatureIsRefused() throws {
    try withCopy { folder in
      try edit(folder + "saved_model.pb") { data in
        var model = try TensorFlowSavedModel(serializedBytes: data)
        model.metaGraphs[0].signatureDef = [:]
        data = model.serializedBytes
      }
      #expect {
        try SourceReader.model(at: folder)
      } throws: { error in
        "\(error)".contains("no signature 'serving_default'; its signatures: none")
      }
    }
  }

  @Test func aSignatureOutputThatIsNotThereIsRefused() throws {
    try withCopy { folder in
      try edit(folder + "saved_model.pb") { data in
        var model = try TensorFlowSavedModel(serializedBytes: data)
        model.metaGraphs[0].signatureDef["serving_default"]?.outputs["logits"]?.name = "Gone:0"
        data = model.serializedBytes
      }
      #expect(
        throws: ConversionError.danglingReference(node: "signature output logits", reference: "Gone:0")
      ) { try SourceReader.model(at: folder) }
    }
  }
}
