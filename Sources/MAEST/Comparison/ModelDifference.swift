import MAESTCore
public import MAESTFrontEnd
import MAESTNetwork
import MAESTTensor

/// The result of comparing two models.
public struct ModelDifference: Sendable, Equatable {
  /// Number of patches compared.
  public private(set) var patchCount = 0
  /// Differences of each layer's tokens; the first layer comes first.
  public private(set) var layers: [TokenDifference]
  /// Difference of the logits; nil if the models' labels differ.
  public private(set) var logits: TokenDifference?
  /// The largest difference of two activations; nil if the models' labels differ.
  public private(set) var largestActivationDifference: Float?
  /// What is missing of the files' sound, and what the mix to one channel loses; file after file.
  public internal(set) var warnings: [AudioWarning] = []
  private var agreementSum = 0.0

  init(layerCount: Int) {
    layers = [TokenDifference](repeating: TokenDifference(), count: layerCount)
  }

  /// Agreement of the highest labels: the fraction, from 0 to 1, of the labels with the highest activations that are
  /// the same in both models, averaged over the patches. Nil if the models' label lists differ.
  public var topAgreement: Double? {
    logits == nil || patchCount == 0 ? nil : agreementSum / Double(patchCount)
  }

  mutating func add(_ found: NetworkOutput, _ expected: NetworkOutput) throws(ModelError) {
    for index in layers.indices {
      let tap = Tap.blockOutput(layer: index + 1)
      guard let tokens = found[tap], let reference = expected[tap] else { continue }
      try layers[index].add(tokens, reference, patch: patchCount)
    }
    if let values = found.logits, let reference = expected.logits {
      var difference = logits ?? TokenDifference()
      try difference.add(values, reference, patch: patchCount)
      logits = difference
    }
    if let values = found.activations?.elements, let reference = expected.activations?.elements {
      var difference = TokenDifference()
      try difference.add(
        Tensor(shape: [values.count], elements: values),
        Tensor(shape: [reference.count], elements: reference),
        patch: patchCount)
      largestActivationDifference = max(largestActivationDifference ?? 0, difference.largestDifference)
      agreementSum += Self.agreement(values, reference)
    }
    patchCount += 1
  }

  private static func agreement(_ values: [Float], _ reference: [Float]) -> Double {
    let count = min(ModelComparison.topCount, values.count)
    let (found, expected) = (top(count, of: values), top(count, of: reference))
    return Double(found.intersection(expected).count) / Double(max(count, 1))
  }

  private static func top(_ count: Int, of values: [Float]) -> Set<Int> {
    Set(LabelActivation.topPlaces(count, of: values, threshold: -.infinity))
  }
}
