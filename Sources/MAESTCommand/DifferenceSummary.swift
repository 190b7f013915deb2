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
      relativeError = difference.relativeError.isFinite ? difference.relativeError : nil
      meanCosine = difference.meanCosine
      lowestCosine = difference.lowestCosine
      largestDifference = difference.largestDifference.isFinite ? difference.largestDifference : nil
      worstPatch = difference.worstToken?.patch
      worstToken = difference.worstToken?.token
    }
  }

  var model: String
  var reference: String
  var patchCount: Int
  var layers: [Layer]
  var logitsRelativeError: Double?
  var logitsLargestDifference: Float?
  var activationsLargestDifference: Float?
  /// From 0 to 1.
  var topAgreement: Double?
  var topCount = ModelComparison.topCount

  init(_ difference: ModelDifference, model: String, reference: String) {
    self.model = model
    self.reference = reference
    patchCount = difference.patchCount
    layers = difference.layers.enumerated().map { Layer($0.element, layer: $0.offset + 1) }
    logitsRelativeError = difference.logits.flatMap { $0.relativeError.isFinite ? $0.relativeError : nil }
    logitsLargestDifference = difference.logits?.largestDifference
    activationsLargestDifference = difference.largestActivationDifference
    topAgreement = difference.topAgreement
  }

  func printTable() {
    print("A \(model)\nB \(reference) (the reference)\n\(patchCount) patch\(patchCount == 1 ? "" : "es")\n")
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
    guard let activationsLargestDifference, let topAgreement else {
      print("\nThe models' labels differ: their logits are not compared.")
      return
    }
    print(
      String(
        format: "\nlogits: relative error %.2e, largest difference %.2e", logitsRelativeError ?? .infinity,
        Double(logitsLargestDifference ?? 0)))
    print(
      String(
        format: "activations: largest difference %.2e; of the %d highest labels %.1f %% in common",
        Double(activationsLargestDifference), topCount, 100 * topAgreement))
  }
}
