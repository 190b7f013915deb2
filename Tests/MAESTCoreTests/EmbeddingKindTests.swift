import Foundation
import MAEST
import MAESTTestSupport
import Testing

/// What an embedding says of itself, and how it ends.
@Suite struct EmbeddingKindTests {
  @Test(arguments: [
    (EmbeddingKind.paper, "layer07.blockOutput.cls-dist-mean"), (.maestInfer, "finalNorm.cls-dist"),
    (
      EmbeddingKind(.attentionOutput(layer: 12), .meanOfThree, normalization: .l2, overWindows: .mean),
      "layer12.attentionOutput.mean3.patch-mean.l2"
    ),
    (EmbeddingKind(.finalNorm, .cls, overWindows: .max), "finalNorm.cls.patch-max"),
  ])
  func names(kind: EmbeddingKind, name: String) { #expect(kind.name == name) }

  @Test func everyKindHasANameOfItsOwn() {
    var kinds: [EmbeddingKind] = []
    for source: EmbeddingKind.Source in [
      .blockOutput(layer: 1), .blockOutput(layer: 11), .attentionOutput(layer: 1), .finalNorm,
    ] {
      for pooling in Pooling.allCases {
        for normalization in EmbeddingKind.Normalization.allCases {
          for summary in [nil, .mean, .max] as [WindowAggregation?] {
            kinds.append(
              EmbeddingKind(source, pooling, normalization: normalization, overWindows: summary))
          }
        }
      }
    }
    #expect(Set(kinds.map(\.name)).count == kinds.count)
    #expect(Set(kinds.map(\.description)).count == kinds.count)
  }

  @Test func json() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let kinds = [EmbeddingKind(.blockOutput(layer: 7), .cls, normalization: .l2), .maestInfer]
    #expect(
      try kinds.map { String(decoding: try encoder.encode($0), as: UTF8.self) } == [
        #"{"layer":7,"normalization":"l2","over_windows":"none","point":"blockOutput","pooling":"cls"}"#,
        #"{"layer":null,"normalization":"none","over_windows":"none","point":"finalNorm","pooling":"cls-dist"}"#,
      ])
  }

  /// The embedding of patches by their CLS tokens.
  private func embedding(
    _ patches: [[Float]], _ normalization: EmbeddingKind.Normalization, _ summary: WindowAggregation?
  ) throws -> Tensor? {
    let kind = EmbeddingKind(.finalNorm, .cls, normalization: normalization, overWindows: summary)
    var accumulator = EmbeddingAccumulator(kind)
    for patch in patches {
      let dist = [Float](repeating: 9, count: patch.count)
      accumulator.add(try kind.ofPatch(Tensor(shape: [2, patch.count], elements: patch + dist)))
    }
    return accumulator.embedding
  }

  @Test func theNormComesAfterTheMean() throws {
    let patches: [[Float]] = [[3, 4], [0, 12]]
    #expect(try embedding(patches, .none, nil) == Tensor(shape: [2, 2], elements: [3, 4, 0, 12]))
    #expect(try embedding(patches, .none, .mean) == Tensor(shape: [2], elements: [1.5, 8]))
    #expect(try embedding(patches, .l2, nil) == Tensor(shape: [2, 2], elements: [0.6, 0.8, 0, 1]))
    let norm = (1.5 * 1.5 + 64.0).squareRoot()
    #expect(
      try embedding(patches, .l2, .mean)
        == Tensor(shape: [2], elements: [Float(1.5 / norm), Float(8 / norm)]))
    #expect(try embedding([], .l2, .mean) == nil)
  }

  @Test func theHighestOfEachNumber() throws {
    let patches: [[Float]] = [[3, -4], [-1, -2], [4, -8]]
    #expect(try embedding(patches, .none, .max) == Tensor(shape: [2], elements: [4, -2]))
    let norm = Float(20).squareRoot()
    let normalized = try #require(try embedding(patches, .l2, .max))
    #expect(normalized.shape == [2])
    expectClose(normalized.elements, [4 / norm, -2 / norm], relativeNorm: 1e-6)
    #expect(try embedding([], .none, .max) == nil)
  }

  @Test func zerosStayAndExtremesDoNotOverflow() throws {
    #expect(try embedding([[0, 0]], .l2, nil) == Tensor(shape: [1, 2], elements: [0, 0]))
    #expect(
      try embedding([[3e38, 3e38], [-3e38, -3e38]], .l2, .mean) == Tensor(shape: [2], elements: [0, 0]))
    let large = try embedding([[3e38, 0], [3e38, 0]], .l2, .mean)
    #expect(large == Tensor(shape: [2], elements: [1, 0]))
    let small = try embedding([[0x1p-140, 0]], .l2, nil)
    #expect(small == Tensor(shape: [1, 2], elements: [1, 0]))
  }

  @Test func tokensAreNormalisedOneByOne() throws {
    let kind = EmbeddingKind(.finalNorm, .tokens, normalization: .l2)
    let tokens = Tensor(shape: [3, 2], elements: [3, 4, 0, 0, 0, -2])
    #expect(try kind.ofPatch(tokens) == Tensor(shape: [3, 2], elements: [0.6, 0.8, 0, 0, 0, -1]))
  }
}
