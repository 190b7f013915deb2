import Foundation
import MAESTFiles
import MAESTTestSupport
import MAESTWeights
import Testing

/// Numbers that a kernel cannot bear, or that ask for more memory than there is, are refused when they are read.
@Suite struct NumberRangeTests {
  /// A number's name in metadata, and values beyond its range that can be read as numbers.
  static let numbers: [(key: String, values: [String])] = [
    ("attention_scale", ["1e-31", "1e-13", "1e13", "3e38", "1e-45"]),
    ("block_norm_epsilon", ["1e-31", "1e-45", "1e7", "3e38"]),
    ("final_norm_epsilon", ["1e-31", "1e7"]), ("head_norm_epsilon", ["1e-31", "1e7"]),
    ("normalization.mean", ["1e7", "-1e7", "1e308"]),
    ("normalization.standard_deviation", ["1e-7", "1e7", "1e308", "5e-324"]),
    ("band_count", ["4097"]),
  ]

  private func error(_ facts: [String: String]) throws -> WeightError? {
    var parts = try WeightFileParts()
    parts.metadata.merge(facts) { $1 }
    return try withFile(parts.bytes()) { path in
      do throws(WeightError) {
        _ = try WeightFile(path: path)
        return nil
      } catch { return error }
    }
  }

  @Test(arguments: numbers)
  func aNumberBeyondItsRange(key: String, values: [String]) throws {
    for value in values {
      guard case .badFact(_, key, _?, let expected)? = try error([key: value]) else {
        Issue.record("\(key) = \(value) gives \(String(describing: try error([key: value])))")
        continue
      }
      #expect(!expected.isEmpty)
    }
  }

  /// Each size is in its range, and a run would need terabytes.
  @Test(arguments: [
    // A stride that skips nearly all of the patch: three tokens of little weight.
    ("frame_count x band_count", ["frame_count": "1048576", "band_count": "4096"]),
    ("token_count", ["frame_count": "600000"]),
    (
      "token_count x head_count x head_width",
      ["frame_count": "160000", "head_count": "2048", "head_width": "1"]
    ),
    ("token_count x embedding_width", ["frame_count": "160000", "embedding_width": "16384"]),
    (
      "token_count x kernel_bands x kernel_frames",
      ["frame_count": "600000", "convolution.kernel_frames": "500000"]
    ),
  ])
  func sizesWhoseProductIsTooLarge(fact: String, sizes: [String: String]) throws {
    guard case .badFact(_, fact, let found?, _)? = try error(sizes) else {
      Issue.record("\(sizes) gives \(String(describing: try error(sizes)))")
      return
    }
    #expect(found.contains("x") || fact == "token_count")
  }

  @Test func theEndsOfTheRangesAreTaken() throws {
    for facts in [
      ["attention_scale": "1e-12", "block_norm_epsilon": "1e-30", "normalization.mean": "-1e6"],
      ["attention_scale": "1e12", "block_norm_epsilon": "1e6", "normalization.standard_deviation": "1e-6"],
    ] {
      #expect(try error(facts) == nil)
    }
  }
}

/// A weight file says whether its numbers were compared with the graph.
@Suite struct VerificationStatusTests {
  static let states: [VerificationStatus] = [
    .unknown, .notVerified, .noGraph,
    .passed(patchCount: 1, largestDifference: 1.4e-6, relativeNorm: 1.1234567890123456e-7),
    .passed(patchCount: 3, largestDifference: 0, relativeNorm: 0),
  ]

  @Test(arguments: states)
  func theStateComesBack(state: VerificationStatus) throws {
    try withTemporaryFolder { folder in
      var description = TinyModel.description()
      description.provenance.verification = state
      try RoundTripTests.write(description, to: folder + "/model")
      #expect(try WeightFile(path: folder + "/model").description == description)
    }
  }

  /// The comparison runs on the complete file, whose header is written again with the result.
  @Test func whatTheComparisonFindsIsInTheFile() throws {
    try withTemporaryFolder { folder in
      let found = VerificationStatus.passed(
        patchCount: 1, largestDifference: .greatestFiniteMagnitude, relativeNorm: .leastNonzeroMagnitude)
      var description = TinyModel.description()
      description.provenance.verification = .notVerified
      let expected = try TinyModel.write(to: folder + "/other")
      try WeightFile.write(description, parameters: Self.sources, to: folder + "/model") { weights in
        #expect(weights.tensors.path.hasPrefix(folder + "/model.maest-partial"))
        #expect(weights.description == description)
        return found
      }
      let file = try WeightFile(path: folder + "/model")
      #expect(file.description.provenance.verification == found)
      for parameter in file.configuration.parameters {
        expectIdentical(file.elements(of: parameter), try #require(expected[parameter.name]), parameter.name)
      }
    }
  }

  @Test func whatFailsTheComparisonLeavesNothing() throws {
    struct Difference: Error {}
    try withTemporaryFolder { folder in
      #expect(throws: Difference.self) {
        try WeightFile.write(TinyModel.description(), parameters: Self.sources, to: folder + "/model") { _ in
          throw Difference()
        }
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }

  @Test func inMemoryItIsTheSame() throws {
    try withTemporaryFolder { folder in
      let expected = try TinyModel.write(to: folder + "/model")
      let file = try WeightFile.inMemory(
        TinyModel.description(), parameters: Self.sources, named: "graph.pb"
      ) { _ in .noGraph }
      #expect(file.tensors.path == "graph.pb")
      #expect(file.description.provenance.verification == .noGraph)
      for parameter in file.configuration.parameters {
        expectIdentical(file.elements(of: parameter), try #require(expected[parameter.name]), parameter.name)
      }
      let bytes = try Data(contentsOf: URL(filePath: folder + "/model"))
      #expect(file.tensors.file.withUnsafeBytes { Data($0) } == bytes)
    }
  }

  @Test(arguments: [
    ["verification": "yes"], ["verification": "passed"],
    [
      "verification": "passed", "verification.patch_count": "1", "verification.largest_difference": "nan",
      "verification.relative_norm": "0",
    ],
    [
      "verification": "passed", "verification.patch_count": "-1", "verification.largest_difference": "0",
      "verification.relative_norm": "0",
    ],
    [
      "verification": "passed", "verification.patch_count": "1", "verification.largest_difference": "0",
      "verification.relative_norm": "inf",
    ],
  ])
  func aStateThatIsNone(facts: [String: String]) throws {
    var parts = try WeightFileParts()
    parts.metadata.merge(facts) { $1 }
    try withFile(parts.bytes()) { path in
      let error = #expect(throws: WeightError.self) { try WeightFile(path: path) }
      guard case .badFact? = error else {
        Issue.record("\(facts) gives \(String(describing: error))")
        return
      }
    }
  }

  private static var sources: [TensorSource] {
    let parameters = TinyModel.parameters()
    return TinyModel.configuration.parameters.map { parameter in
      TensorSource(name: parameter.name, shape: parameter.shape) {
        (parameters[parameter.name] ?? []).withUnsafeBytes { Data($0) }
      }
    }
  }
}
