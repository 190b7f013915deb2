import Foundation
public import MAEST
import MAESTFiles
public import MAESTPictures

/// An HTML page about one track: the predicted tags, their activations over time, and the model's attention.
///
/// ```swift
/// let page = try TrackReport(model).page(forFileAt: "track.flac")
/// try PictureFile.write(page, to: "track.html")
/// ```
public struct TrackReport: Sendable {
  private let model: MAESTModel
  /// Number of tags shown.
  public var topCount: Int
  /// The windows that the tags are computed from.
  public var windows: WindowSelection
  /// Position of the window whose attention and tokens are shown, from 0, the start of the track, to 1, its end.
  public var detailPlace: Double

  public init(
    _ model: MAESTModel, topCount: Int = 10,
    windows: WindowSelection = .all, detailPlace: Double = 0.5
  ) {
    self.model = model
    self.topCount = topCount
    self.windows = windows
    self.detailPlace = detailPlace
  }

  /// Analyses a file and returns its page.
  ///
  /// The file is decoded once and may be a pipe. The mel bands need 24 KB of memory per second.
  ///
  /// - Parameters:
  ///   - path: an audio file, see `AudioLoader`.
  ///   - loader: how to decode the file; the model's rate overrides its own.
  ///   - progress: called for each analysed window.
  /// - Throws: as `MAESTModel.analyze`; `PictureError`.
  public func page(
    forFileAt path: String, loader: AudioLoader = AudioLoader(), progress: MAESTModel.ProgressHandler? = nil
  ) throws -> HTMLPage {
    try page(of: track(ofFileAt: path, loader: loader), named: path, progress: progress)
  }

  /// Decodes the part of a file that the page is about.
  ///
  /// - Parameters:
  ///   - path: an audio file, see `AudioLoader`.
  ///   - loader: how to decode the file; the model's rate overrides its own.
  /// - Throws: as `MAESTModel.spectrogram`.
  public func track(ofFileAt path: String, loader: AudioLoader = AudioLoader()) throws -> TrackSpectrogram {
    try model.spectrogram(ofFileAt: path, range: windows.range, loader: loader)
  }

  /// Analyses a decoded track and returns its page.
  ///
  /// - Parameters:
  ///   - track: from ``track(ofFileAt:loader:)``.
  ///   - path: the path whose last name is the page's title.
  ///   - progress: called for each analysed window.
  /// - Throws: as `MAESTModel.analyze`; `PictureError`.
  public func page(
    of track: TrackSpectrogram, named path: String, progress: MAESTModel.ProgressHandler? = nil
  ) throws -> HTMLPage {
    let hasTags = model.configuration.head != nil
    let taps: Set<Tap> = hasTags ? [.logits] : []
    let analysis = try model.analyze(
      track, AnalysisRequest(taps: taps, windows: windows), progress: progress)
    let detail = try detail(of: track)
    var sections: [HTMLPage.Section] = []
    if hasTags { sections.append(try tagSection(analysis)) }
    sections.append(try soundSection(track.bands))
    sections.append(try attentionSection(detail, track.bands))
    sections.append(try tokenSection(detail))
    return HTMLPage(
      title: URL(filePath: path).lastPathComponent.printable,
      subtitle: "What \(model.description.provenance.sourceName) hears in it",
      facts: facts(analysis, detail), sections: sections,
      footer: "Layers count from 1. Activations are from 0 to 1 and need not sum to 1.")
  }

  private func detail(of track: TrackSpectrogram) throws -> PatchAnalysis {
    let layerCount = model.configuration.blockCount
    let taps = TokenFigures.taps(layerCount: layerCount)
      .union(AttentionFigures.layerTaps(layerCount: layerCount))
      .union(AttentionRollout.taps(layerCount: layerCount))
    var selection = windows
    selection.placement = .at([detailPlace])
    let analysis = try model.analyze(track, AnalysisRequest(taps: taps, windows: selection))
    guard let patch = analysis.patches.first else { preconditionFailure("no window at one place") }
    return patch
  }

  // MARK: - Parts

  private func facts(_ analysis: Analysis, _ detail: PatchAnalysis) -> [HTMLPage.Fact] {
    let provenance = model.description.provenance
    let configuration = model.configuration
    return [
      HTMLPage.Fact("Length", "\(Self.seconds(analysis.duration))"),
      HTMLPage.Fact("Windows tagged", "\(analysis.patches.count)"),
      HTMLPage.Fact(
        "Window shown in detail",
        "\(Self.seconds(detail.patch.startTime)) to \(Self.seconds(detail.patch.endTime))"),
      HTMLPage.Fact("Model", provenance.sourceName),
      HTMLPage.Fact("SHA-256", provenance.sourceSHA256),
      HTMLPage.Fact("Precision", model.precision.rawValue),
      HTMLPage.Fact(
        "Network",
        "\(configuration.blockCount) layers, width \(configuration.embeddingWidth), "
          + "\(configuration.labelCount) labels"),
    ] + analysis.warnings.map { HTMLPage.Fact("Warning", $0.message.printable) }
  }

  private func tagSection(_ analysis: Analysis) throws -> HTMLPage.Section {
    let figures = TrackFigures(model)
    var blocks: [HTMLPage.Block] = [
      .figure(
        try figures.topTags(analysis.topTags(topCount)).picture(),
        caption: "Mean activations over \(analysis.patches.count) windows.")
    ]
    let curve = try analysis.curve(ofTopTags: topCount)
    if curve.windows.count > 1 {
      blocks.append(
        .figure(
          try figures.taggram(curve).picture(), caption: "The same tags, window by window."))
    }
    return HTMLPage.Section("Tags", blocks)
  }

  private func soundSection(_ spectrogram: MelSpectrogram) throws -> HTMLPage.Section {
    HTMLPage.Section(
      "Sound",
      [
        .figure(
          try TrackFigures(model).melSpectrogram(spectrogram, from: windows.range?.start ?? 0).picture(),
          caption: "What the model is given, before normalisation.")
      ])
  }

  private func attentionSection(
    _ detail: PatchAnalysis, _ spectrogram: MelSpectrogram
  ) throws -> HTMLPage.Section {
    let figures = AttentionFigures(model, spectrogram)
    let window =
      "in the window from \(Self.seconds(detail.patch.startTime)), over its mel bands. An even share is 1. "
      + "Colours are shown over dark and light ground, as the bar has them; its end says what lies beyond."
    return HTMLPage.Section(
      "Attention",
      [
        .figure(
          try figures.rollout(.cls, of: detail).picture(),
          caption: "What CLS draws on through all layers (attention rollout), \(window)"),
        .figure(
          try figures.layers(.cls, of: detail).picture(),
          caption: "What CLS attends to in each layer, mean over heads, \(window)"),
        .figure(
          try figures.layers(.dist, of: detail).picture(),
          caption: "What DIST attends to in each layer, mean over heads, \(window)"),
      ])
  }

  private func tokenSection(_ detail: PatchAnalysis) throws -> HTMLPage.Section {
    let figures = TokenFigures(model)
    return HTMLPage.Section(
      "Tokens",
      [
        .figure(
          try figures.norms(of: detail).picture(),
          caption: "How long each token's vector is in each layer, against the layer's mean."),
        .figure(
          try figures.similarities(of: detail).picture(),
          caption: "How alike each token's vector is to that of CLS: 1 the same direction, 0 none in common."),
      ])
  }

  private static func seconds(_ value: Double) -> String { String(format: "%.2f s", value) }
}
