import Foundation
import MAEST

/// What `maest compare` prints.
struct DifferenceSummary: Encodable {
  struct Layer: Encodable {
    var layer: Int
    var point = "blockOutput"
    /// Null where something is no number.
    var relativeError: Double?
    var meanCosine: Double
    var lowestCosine: Double
    /// Null where something is no number.
    var largestDifference: Float?
    var worstPatch: Int?
    var worstToken: Int?

    init(_ difference: TokenDifference, layer: Int) {
      self.layer = layer
      relativeError = finite(difference.relativeError)
      meanCosine = difference.meanCosine
      lowestCosine = difference.lowestCosine
      largestDifference = finite(difference.largestDifference)
      worstPatch = difference.worstToken?.patch
      worstToken = difference.worstToken?.token
    }
  }

  /// One of the two.
  struct Side {
    /// As it was named; the weight file's path where it was not.
    var name: String
    var precision: EngineOptions.Precision

    init(_ model: MAESTModel, named name: String?) {
      self.name = name ?? model.path
      precision = model.precision
    }
  }

  var model: String
  var precision: EngineOptions.Precision
  var reference: String
  var referencePrecision: EngineOptions.Precision
  var patchCount: Int
  var layers: [Layer]
  /// These are null where something is no number, or where the labels differ.
  var logitsRelativeError: Double?
  var logitsLargestDifference: Float?
  var activationsLargestDifference: Float?
  /// From 0 to 1.
  var topAgreement: Double?
  var topCount = ModelComparison.topCount

  init(_ difference: ModelDifference, model: Side, reference: Side) {
    (self.model, precision) = (model.name, model.precision)
    (self.reference, referencePrecision) = (reference.name, reference.precision)
    patchCount = difference.patchCount
    layers = difference.layers.enumerated().map { Layer($0.element, layer: $0.offset + 1) }
    logitsRelativeError = difference.logits.flatMap { finite($0.relativeError) }
    logitsLargestDifference = difference.logits.flatMap { finite($0.largestDifference) }
    activationsLargestDifference = difference.largestActivationDifference.flatMap(finite)
    topAgreement = difference.topAgreement
  }

  func printTable() {
    print("A \(model), \(precision.rawValue)\nB \(reference), \(referencePrecision.rawValue) (the reference)")
    print("\(patches(patchCount))\n")
    let header = "layer  relative error  mean cosine  lowest cosine  farthest token"
    print(header)
    for layer in layers {
      let worst = layer.worstToken.map { "\($0) of patch \(layer.worstPatch ?? 0)" } ?? "-"
      print(
        String(
          format: "%5d  %14.2e  %11.8f  %13.8f  ", layer.layer, layer.relativeError ?? .infinity,
          layer.meanCosine,
          layer.lowestCosine) + worst)
    }
    guard let topAgreement else {
      print("\nThe models' labels differ: their logits are not compared.")
      return
    }
    print(
      String(
        format: "\nlogits: relative error %.2e, largest difference %.2e", logitsRelativeError ?? .infinity,
        Double(logitsLargestDifference ?? .infinity)))
    print(
      String(
        format: "activations: largest difference %.2e; of the %d highest labels %.1f %% in common",
        Double(activationsLargestDifference ?? .infinity), topCount, 100 * topAgreement))
  }
}

/// The value, or nil where JSON has no number for it.
private func finite<Number: BinaryFloatingPoint>(_ value: Number) -> Number? { value.isFinite ? value : nil }
