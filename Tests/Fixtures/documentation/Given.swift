// What examples in the documentation take as given: a name that an example uses without making it is one of these.
// This file is type-checked together with the examples and never runs.
import Foundation
import MAEST

/// Samples or bytes that come in pieces.
struct Pieces<Element> {
  func next() -> [Element]? { nil }
}

var model: MAESTModel { preconditionFailure() }
/// Two models that are compared.
var first: MAESTModel { preconditionFailure() }
var second: MAESTModel { preconditionFailure() }
var analysis: Analysis { preconditionFailure() }
/// `[patch, token, embedding]`
var tokens: Tensor { preconditionFailure() }
/// What a test expects.
var expected: Tensor { preconditionFailure() }

/// One channel at the model's sample rate.
var samples: [Float] { preconditionFailure() }
/// Two channels.
var left: [Float] { preconditionFailure() }
var right: [Float] { preconditionFailure() }
/// An audio file.
var url: URL { preconditionFailure() }
var microphone: AsyncStream<[Float]> { preconditionFailure() }
var source: Pieces<Float> { preconditionFailure() }
var pipe: Pieces<UInt8> { preconditionFailure() }

var extractor: MelSpectrogramExtractor { preconditionFailure() }
func analyze(_ patch: MelPatch) {}
