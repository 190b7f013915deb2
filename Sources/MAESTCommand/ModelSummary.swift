import MAEST

/// What `maest info` prints of a model.
struct ModelSummary: Encodable {
  var weightFile: String
  var sourceName: String
  var sourceSHA256: String
  var sourceFormat: String
  var converterVersion: String
  /// Whether the weights were compared with the graph that they were made of.
  var verification: Verification
  /// How exactly it is computed here with the options given.
  var precision: EngineOptions.Precision
  var sampleRate: Int
  var frameCount: Int
  var bandCount: Int
  var hopFrames: Int
  var tokenCount: Int
  var gridBandCount: Int
  var gridFrameCount: Int
  var embeddingWidth: Int
  var blockCount: Int
  var headCount: Int
  var headWidth: Int
  var feedForwardWidth: Int
  var labelCount: Int
  var labelSource: String
  var weightCount: Int
  /// Names of the graph's outputs by what they give: "logits", "activations", "layer 1" ...
  var outputs: [String: [String]]

  init(_ model: MAESTModel) {
    let (description, configuration) = (model.description, model.configuration)
    weightFile = model.path
    sourceName = description.provenance.sourceName
    sourceSHA256 = description.provenance.sourceSHA256
    sourceFormat = description.provenance.sourceFormat
    converterVersion = description.provenance.converterVersion
    verification = Verification(description.provenance.verification)
    precision = model.precision
    sampleRate = model.sampleRate
    frameCount = configuration.frameCount
    bandCount = configuration.bandCount
    hopFrames = PatchLayout.defaultHopSize(patchSize: configuration.frameCount)
    tokenCount = configuration.tokenCount
    gridBandCount = configuration.gridBandCount
    gridFrameCount = configuration.gridFrameCount
    embeddingWidth = configuration.embeddingWidth
    blockCount = configuration.blockCount
    headCount = configuration.headCount
    headWidth = configuration.headWidth
    feedForwardWidth = configuration.feedForwardWidth
    labelCount = configuration.labelCount
    labelSource = description.provenance.labelSource
    weightCount = configuration.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
    outputs = Dictionary(grouping: description.outputs.keys.sorted()) {
      description.outputs[$0]?.description ?? ""
    }
  }

  func printTable() {
    let seconds = Float(frameCount * 256) / Float(sampleRate)
    let rows = [
      ("weights", "\(weightFile) (\(weightCount) numbers)"),
      ("source", "\(sourceName), \(sourceFormat), converter \(converterVersion)"),
      ("SHA-256", sourceSHA256),
      ("verified", verification.text),
      ("input", "\(sampleRate) Hz; patches of \(frameCount) frames (\(fixed(seconds, digits: 1)) s)"),
      ("", "of \(bandCount) mel bands, a new one every \(hopFrames) frames"),
      ("tokens", "\(tokenCount): CLS, DIST, \(gridBandCount) x \(gridFrameCount) (frequency x time)"),
      ("network", "\(blockCount) blocks, width \(embeddingWidth), \(headCount) heads of \(headWidth),"),
      ("", "feed-forward \(feedForwardWidth)"),
      ("precision", precision.rawValue),
      ("labels", labelCount == 0 ? "none" : "\(labelCount) (\(labelSource))"),
    ]
    for (name, value) in rows {
      print(name + String(repeating: " ", count: 10 - name.count) + value)
    }
    print("outputs")
    for (role, names) in outputs.sorted(by: { order($0.key) < order($1.key) }) {
      print("  \(role): \(names.joined(separator: ", "))")
    }
  }

  /// Logits, activations, then layers by number.
  private func order(_ role: String) -> Int {
    switch OutputRole(role) {
    case .logits, nil: -2
    case .activations: -1
    case .layer(let number): number
    }
  }
}

extension ModelSummary {
  /// A model's verification for programs and people.
  struct Verification: Encodable {
    /// "passed", "not verified", "no graph" or "unknown".
    var state: String
    var patchCount: Int?
    var largestDifference: Float?
    var relativeNorm: Double?

    private enum CodingKeys: CodingKey { case state, patchCount, largestDifference, relativeNorm }

    init(_ status: VerificationStatus) {
      switch status {
      case .unknown: state = "unknown"
      case .notVerified: state = "not verified"
      case .noGraph: state = "no graph"
      case .passed(let patchCount, let largestDifference, let relativeNorm):
        state = "passed"
        (self.patchCount, self.largestDifference, self.relativeNorm) = (
          patchCount, largestDifference, relativeNorm
        )
      }
      text = "\(status)"
    }

    let text: String
  }
}
