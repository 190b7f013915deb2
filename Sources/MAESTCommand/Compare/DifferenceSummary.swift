import Foundation
import MAEST

/// The output of `maest compare`.
struct DifferenceSummary: Encodable {
  struct Layer: Encodable {
    var layer: Int
    var point = "blockOutput"
    var relativeError: JSONNumber<Double>
    var meanCosine: JSONNumber<Double>
    var lowestCosine: JSONNumber<Double>
    var largestDifference: JSONNumber<Float>
    var worstPatch: Int?
    var worstToken: Int?

    init(_ difference: TokenDifference, layer: Int) {
      self.layer = layer
      relativeError = JSONNumber(difference.relativeError)
      meanCosine = JSONNumber(difference.meanCosine)
      lowestCosine = JSONNumber(difference.lowestCosine)
      largestDifference = JSONNumber(difference.largestDifference)
      worstPatch = difference.worstToken?.patch
      worstToken = difference.worstToken?.token
    }
  }

  /// One of the two models.
  struct Side: Encodable {
    /// The model as given on the command line, else the weight file's path.
    var path: String
    var model: String
    var modelSHA256: String
    var precision: EngineOptions.Precision

    init(_ model: MAESTModel, named name: String?) {
      path = name ?? model.path
      let provenance = model.description.provenance
      (self.model, modelSHA256) = (provenance.sourceName, provenance.sourceSHA256)
      precision = model.precision
    }
  }

  var engine = EngineVersion.current
  /// Side A in tables.
  var compared: Side
  /// Side B in tables.
  var reference: Side
  var patchCount: Int
  var layers: [Layer]
  /// Nil if the labels differ, as are the next two and `topAgreement`.
  var logitsRelativeError: JSONNumber<Double>?
  var logitsLargestDifference: JSONNumber<Float>?
  var activationsLargestDifference: JSONNumber<Float>?
  /// Fraction of the highest labels that both have in common, from 0 to 1.
  var topAgreement: Double?
  var topCount = ModelComparison.topCount
  /// The warnings about the files, each with the file's path; nil if there are none.
  var warnings: [Warning]?

  typealias Warning = JSONUnion<[String: String], AudioWarning>

  init(_ difference: ModelDifference, _ compared: Side, reference: Side, warnings: [Warning]) {
    self.warnings = warnings.isEmpty ? nil : warnings
    (self.compared, self.reference) = (compared, reference)
    patchCount = difference.patchCount
    layers = difference.layers.enumerated().map { Layer($0.element, layer: $0.offset + 1) }
    logitsRelativeError = difference.logits.map { JSONNumber($0.relativeError) }
    logitsLargestDifference = difference.logits.map { JSONNumber($0.largestDifference) }
    activationsLargestDifference = difference.largestActivationDifference.map(JSONNumber.init)
    topAgreement = difference.topAgreement
  }

  func printTable() {
    printLine("A \(compared.path), \(compared.precision.rawValue)")
    printLine("B \(reference.path), \(reference.precision.rawValue) (the reference)")
    print("\(patches(patchCount))\n")
    let header = "layer  relative error  mean cosine  lowest cosine  farthest token"
    print(header)
    for layer in layers {
      let worst = layer.worstToken.map { "\($0) of patch \(layer.worstPatch ?? 0)" } ?? "-"
      print(
        String(
          format: "%5d  %14.2e  %11.8f  %13.8f  ", layer.layer, layer.relativeError.value,
          layer.meanCosine.value, layer.lowestCosine.value) + worst)
    }
    guard let topAgreement else {
      print("\nThe models' labels differ: their logits are not compared.")
      return
    }
    print(
      String(
        format: "\nlogits: relative error %.2e, largest difference %.2e",
        logitsRelativeError?.value ?? .infinity,
        Double(logitsLargestDifference?.value ?? .infinity)))
    print(
      String(
        format: "activations: largest difference %.2e; of the %d highest labels %.1f %% in common",
        Double(activationsLargestDifference?.value ?? .infinity), topCount, 100 * topAgreement))
  }
}
