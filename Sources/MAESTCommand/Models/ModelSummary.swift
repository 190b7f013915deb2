import MAEST
import MAESTWeights

/// The output of `maest info` for a model.
struct ModelSummary: Encodable {
  /// Path of the weight file.
  var path: String
  /// Name and SHA-256 of the graph that the weights were converted from.
  var model: String
  var modelSHA256: String
  var sourceFormat: String
  var converterVersion: String
  /// Whether the weights were verified against the source graph.
  var verification: VerificationFacts
  /// Precision that this machine uses with the given options.
  var precision: EngineOptions.Precision
  var sampleRate: Int
  var hopFrames: Int
  var network: NetworkSizes
  var labelSource: String
  var weightCount: Int
  /// Names of the graph's outputs by role: "logits", "activations", "layer 1" ...
  var outputs: [String: [String]]

  private enum CodingKeys: CodingKey {
    case path, model, modelSHA256, sourceFormat, converterVersion, verification, precision, sampleRate
    case hopFrames, network, labelSource, weightCount, outputs
  }

  private let configuration: ModelConfiguration
  private let verificationText: String

  init(_ model: MAESTModel) {
    let description = model.description
    configuration = model.configuration
    verificationText = "\(description.provenance.verification)"
    path = model.path
    self.model = description.provenance.sourceName
    modelSHA256 = description.provenance.sourceSHA256
    sourceFormat = description.provenance.sourceFormat
    converterVersion = description.provenance.converterVersion
    verification = VerificationFacts(description.provenance.verification)
    precision = model.precision
    sampleRate = model.sampleRate
    hopFrames = PatchLayout.defaultHopSize(patchSize: configuration.frameCount)
    network = NetworkSizes(configuration)
    labelSource = description.provenance.labelSource
    weightCount = configuration.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
    outputs = description.outputNames
  }

  func printTable() {
    let seconds = fixed(Float(configuration.frameCount * 256) / Float(sampleRate), digits: 1)
    let grid = "\(configuration.gridBandCount) x \(configuration.gridFrameCount) (frequency x time)"
    let rows = [
      ("weights", "\(path) (\(weightCount) numbers)"),
      ("source", "\(model), \(sourceFormat), converter \(converterVersion)"),
      ("SHA-256", modelSHA256),
      ("verified", verificationText),
      ("input", "\(sampleRate) Hz; patches of \(configuration.frameCount) frames (\(seconds) s)"),
      ("", "of \(configuration.bandCount) mel bands, a new one every \(hopFrames) frames"),
      ("tokens", "\(configuration.tokenCount): CLS, DIST, \(grid)"),
      (
        "network",
        "\(configuration.blockCount) blocks, width \(configuration.embeddingWidth), "
          + "\(configuration.headCount) heads of \(configuration.headWidth),"
      ),
      ("", "feed-forward \(configuration.feedForwardWidth)"),
      ("precision", precision.rawValue),
      ("labels", configuration.head == nil ? "none" : "\(configuration.labelCount) (\(labelSource))"),
    ]
    for (name, value) in rows {
      printLine(name + String(repeating: " ", count: 10 - name.count) + value)
    }
    printLine("outputs")
    for (role, names) in outputs.sorted(by: { order($0.key) < order($1.key) }) {
      printLine("  \(role): \(names.joined(separator: ", "))")
    }
  }

  /// Sort key: logits, activations, then layers by number.
  private func order(_ role: String) -> Int {
    switch OutputRole(role) {
    case .logits, nil: -2
    case .activations: -1
    case .layer(let number): number
    }
  }
}
