import MAEST

/// Selects the tags to print.
struct TagSelection {
  var count: Int
  var threshold: Float
  /// Whether to print the tags of each patch too.
  var perPatch = false
  /// How to aggregate the activations of all patches.
  var aggregation = WindowAggregation.mean

  init(
    _ options: SelectionOptions, perPatch: Bool = false, aggregation: WindowAggregation = .mean
  ) {
    (count, threshold) = (options.top, options.threshold)
    self.perPatch = perPatch
    self.aggregation = aggregation
  }

  /// Text that tables print if no tags are selected.
  var emptyNote: String { "no activation of \(threshold) or more" }

  func curve(of analysis: Analysis) throws -> ActivationCurve {
    try analysis.curve(ofTopTags: count, threshold: threshold, over: aggregation)
  }

  func tags(of activations: [Float], labels: [String]) -> [LabelActivation] {
    LabelActivation.ofModel(count, of: activations, labels: labels, threshold: threshold)
  }
}

/// Prints the results of `maest tag`, file by file.
protocol TagPrinter {
  /// Called once, before the first file.
  func begin()
  func write(_ analysis: Analysis, of file: String, model: MAESTModel) throws
  func write(failure: any Error, of file: String)
}

extension TagPrinter {
  func begin() {}
  func write(failure: any Error, of file: String) {}
}
