import MAEST
import MAESTPictures
import MAESTReport
import MAESTTestSupport
import Testing

/// Figures show the analysis's numbers at the right places.
@Suite struct FigureValueTests {
  @Test func theMelSpectrogram() throws {
    let model = try ReportModel.load()
    let spectrogram = try model.spectrogram(ofFileAt: ReportModel.track).bands
    let figure = try TrackFigures(model).melSpectrogram(spectrogram)
    #expect(figure.values.rows == 26 && figure.values.columns == spectrogram.frameCount)
    #expect(figure.rowOrder == .firstAtBottom)
    for (frame, band) in [(0, 0), (100, 25), (769, 3)] {
      #expect(figure.values[band, frame] == spectrogram[frame: frame, band: band])
    }
    _ = try figure.picture()
  }

  /// Windows far apart, each 0.576 s long: a cell shows the window that it lies in, or none.
  @Test func theTaggram() throws {
    let model = try ReportModel.load()
    let request = AnalysisRequest(taps: [.logits], windows: .at([0.1, 0.5, 0.9]))
    let curve = try model.analyze(fileAt: ReportModel.track, request).curve(ofTopTags: 4)
    let figure = try TrackFigures(model).taggram(curve)
    #expect(figure.values.rows == 4 && figure.rowOrder == .firstAtTop)
    let (start, end) = (curve.windows[0].patch.startTime, curve.windows[2].patch.endTime)
    for column in stride(from: 0, to: figure.values.columns, by: 7) {
      let time = start + (Double(column) + 0.5) * (end - start) / Double(figure.values.columns)
      let window = curve.windows.first { ($0.patch.startTime..<$0.patch.endTime).contains(time) }
      for tag in 0..<4 {
        let found = figure.values[tag, column]
        if let window { #expect(found == window.activations[tag]) } else { #expect(found.isNaN) }
      }
    }
    _ = try figure.picture()
  }

  /// Windows that overlap: a cell shows the window whose middle is the nearest.
  @Test func theTaggramOfOverlappingWindows() throws {
    let model = try ReportModel.load()
    let request = AnalysisRequest(taps: [.logits], windows: .everyHop(.frames(10)))
    let curve = try model.analyze(fileAt: ReportModel.track, request).curve(ofTopTags: 2)
    let figure = try TrackFigures(model).taggram(curve)
    let end = try #require(curve.windows.last).patch.endTime
    let middles = curve.windows.map { ($0.patch.startTime + $0.patch.endTime) / 2 }
    for column in stride(from: 0, to: figure.values.columns, by: 11) {
      let time = (Double(column) + 0.5) * end / Double(figure.values.columns)
      let nearest = try #require(
        middles.indices.min { abs(middles[$0] - time) < abs(middles[$1] - time) })
      #expect(figure.values[1, column] == curve.windows[nearest].activations[1])
    }
  }

  @Test func topTagsInOrder() throws {
    let model = try ReportModel.load()
    let tags = try model.analyze(fileAt: ReportModel.track).topTags(3)
    let figure = TrackFigures(model).topTags(tags)
    #expect(figure.bars.map(\.label) == tags.map(\.label))
    #expect(figure.bars.map(\.value) == tags.map { Double($0.activation) })
  }

  @Test(arguments: AttentionFigures.Query.allCases)
  func attentionOfEachLayer(_ query: AttentionFigures.Query) throws {
    let model = try ReportModel.load()
    let analysis = try ReportModel.window(model, AttentionFigures.layerTaps(layerCount: 3))
    let figures = AttentionFigures(model, try model.spectrogram(ofFileAt: ReportModel.track).bands)
    let figure = try figures.layers(query, of: analysis)
    #expect(figure.panels.count == 3)
    for layer in 1...3 {
      let weights = try #require(analysis.output[.attentionWeights(layer: layer, heads: .mean)])
      let grid = figure.panels[layer - 1].values
      for token in model.tokenMap.grid.tokens {
        let cell = try #require(try model.tokenMap.grid.cell(ofToken: token))
        let weight = weights[query == .cls ? 0 : 1, token]
        #expect(grid[cell.frequency, cell.time] == weight * 8)
      }
    }
    let backdrop = try #require(figure.backdrop)
    // The grid's middle part of 36 frames and 26 bands: 3 by 10 frames, 2 by 10 bands, from 3 on.
    #expect(backdrop.values.rows == 20 && backdrop.values.columns == 30)
    let spectrogram = try model.spectrogram(ofFileAt: ReportModel.track).bands
    let frame = analysis.patch.frames.lowerBound + 3 + 7
    #expect(backdrop.values[5, 7] == spectrogram[frame: frame, band: 8])
    _ = try figure.picture()
  }

  /// In a range that starts between two frames, the axis has the track's time and the backdrop the range's sound.
  @Test func attentionWithinARange() throws {
    let model = try ReportModel.load()
    let range = TimeRange(start: 5.003, end: 8)
    let request = AnalysisRequest(
      taps: AttentionRollout.taps(layerCount: 3), windows: WindowSelection(.at([0.5]), range: range))
    let analysis = try model.analyze(fileAt: ReportModel.track, request).patches[0]
    let spectrogram = try model.spectrogram(ofFileAt: ReportModel.track, range: range).bands
    let figure = try AttentionFigures(model, spectrogram).rollout(.cls, of: analysis)
    let start = analysis.patch.startTime + 3 * 0.016
    #expect(start > 6 && start < 7)
    #expect(figure.xAxis == .range("time (s)", from: start, to: analysis.patch.startTime + 33 * 0.016))
    let backdrop = try #require(figure.backdrop)
    let signal = try AudioLoader(sampleRate: 16000).load(ReportModel.track)
    var configuration = model.melConfiguration
    configuration.normalization = nil
    let cut = try MelSpectrogramExtractor(configuration: configuration).spectrogram(
      of: AudioSignal(samples: Array(signal.samples[80048..<128000]), sampleRate: 16000))
    #expect(backdrop.values[5, 7] == cut[frame: analysis.patch.frames.lowerBound + 10, band: 8])
    #expect(spectrogram == cut)
    let mel = try TrackFigures(model).melSpectrogram(spectrogram, from: 5.003)
    #expect(mel.xAxis == .range("time (s)", from: 5.003, to: 5.003 + Double(cut.frameCount) * 0.016))
    #expect(throws: SignalError.self) {
      try model.spectrogram(ofFileAt: ReportModel.track, range: TimeRange(start: 5, end: 100)).bands
    }
  }

  @Test func attentionRolledOut() throws {
    let model = try ReportModel.load()
    let analysis = try ReportModel.window(model, AttentionRollout.taps(layerCount: 3))
    let figures = AttentionFigures(model, try model.spectrogram(ofFileAt: ReportModel.track).bands)
    let figure = try figures.rollout(.dist, of: analysis)
    let rows = try #require(try AttentionRollout.rollout(of: analysis.output, layerCount: 3))
    #expect(figure.values[1, 2] == rows[1, 7] * 8)
    _ = try figure.picture()
  }

  @Test func normsAndSimilarities() throws {
    let model = try ReportModel.load()
    let analysis = try ReportModel.window(model, TokenFigures.taps(layerCount: 3))
    let norms = try TokenFigures(model).norms(of: analysis)
    let similarities = try TokenFigures(model).similarities(to: 4, of: analysis)
    for layer in 1...3 {
      let tokens = try #require(analysis.output[.blockOutput(layer: layer)])
      let lengths = (0..<8).map { token in
        tokens[slice: token].elements.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      }
      let mean = lengths[2...].reduce(0, +) / 6
      #expect(abs(Double(norms.panels[layer - 1].values[1, 0]) - lengths[5] / mean) < 1e-6)
      let product = zip(tokens[slice: 4].elements, tokens[slice: 7].elements)
        .reduce(0) { $0 + Double($1.0) * Double($1.1) }
      let cosine = Double(similarities.panels[layer - 1].values[1, 2])
      #expect(abs(cosine - product / lengths[4] / lengths[7]) < 1e-6)
      #expect(abs(similarities.panels[layer - 1].values[0, 2] - 1) < 1e-6, "a token and itself")
    }
    #expect(similarities.extent == Extent(-1, 1) && similarities.title.contains("token 4"))
    _ = (try norms.picture(), try similarities.picture())
  }

  @Test func differencesLayerByLayer() throws {
    let model = try ReportModel.load()
    let plain = try withTemporaryFolder { folder in
      _ = try TinyModel.write(to: folder + "/tiny.safetensors")
      return try MAESTModel(path: folder + "/tiny.safetensors", options: EngineOptions(backend: .reference))
    }
    let difference = try ModelComparison(model, plain).compare(fileAt: ReportModel.track)
    let figure = difference.figure()
    #expect(figure.curves[0].x == [1, 2, 3])
    #expect(figure.curves[0].y == difference.layers.map { Double(Float($0.relativeError)) })
    _ = try figure.picture()
  }

  /// Without any difference the figure says so, and shows zeros.
  @Test func noDifferenceAtAll() throws {
    let model = try ReportModel.load()
    let figure = try ModelComparison(model, model).compare(fileAt: ReportModel.track).figure()
    #expect(figure.title.hasSuffix(": none, all are equal") && figure.yAxis.scale == .linear)
    #expect(figure.summary == "The tokens of 3 layers are equal.")
    let picture = try figure.picture()
    let marks = picture.elements.count { if case .disc = $0 { true } else { false } }
    #expect(marks == 6, "two curves of three layers")
  }

  @Test func tokensThatThereAreNot() throws {
    let model = try ReportModel.load()
    let analysis = try ReportModel.window(model, TokenFigures.taps(layerCount: 3))
    for token in [-1, 8, .max] {
      #expect(throws: ModelError.noSuchToken(index: token, tokenCount: 8)) {
        try TokenFigures(model).similarities(to: token, of: analysis)
      }
    }
  }

  /// A spectrogram of something else than the patches are of is refused, not read beyond its end.
  @Test func spectrogramsOfSomethingElse() throws {
    let model = try ReportModel.load()
    let taps = AttentionRollout.taps(layerCount: 3).union(AttentionFigures.layerTaps(layerCount: 3))
    let analysis = try ReportModel.window(model, taps)
    let whole = try model.spectrogram(ofFileAt: ReportModel.track).bands
    let part = try model.spectrogram(ofFileAt: ReportModel.track, range: TimeRange(start: 0, end: 1)).bands
    let narrow = MelSpectrogram(
      frameCount: whole.frameCount, bandCount: 3,
      values: [Float](repeating: 0, count: 3 * whole.frameCount))
    for spectrogram in [part, narrow] {
      let figures = AttentionFigures(model, spectrogram)
      for draw: () throws -> Void in [
        { _ = try figures.layers(.cls, of: analysis) }, { _ = try figures.rollout(.dist, of: analysis) },
      ] {
        let error = #expect(throws: SpectrogramMismatch.self, performing: draw)
        #expect(error?.frameCount == spectrogram.frameCount && error?.bandCount == spectrogram.bandCount)
        #expect(error?.neededFrameCount == analysis.patch.frames.upperBound && error?.neededBandCount == 26)
      }
    }
  }

  /// Kernels with gaps between them: the last stride reaches beyond the mel plane.
  @Test func strideThatIsLongerThanTheKernel() throws {
    let model = try ReportModel.load {
      $0.convolution = ConvolutionGeometry(kernelBands: 6, kernelFrames: 6, bandStride: 20, frameStride: 15)
    }
    let analysis = try ReportModel.window(model, AttentionFigures.layerTaps(layerCount: 3))
    let figures = AttentionFigures(model, try model.spectrogram(ofFileAt: ReportModel.track).bands)
    let backdrop = try #require(try figures.layers(.cls, of: analysis).backdrop)
    #expect(backdrop.values.rows == 26 && backdrop.values.columns == 36)
  }

  @Test func whatWasNotAskedFor() throws {
    let model = try ReportModel.load()
    let analysis = try ReportModel.window(model, [.logits])
    #expect(throws: MissingValues(what: "blockOutput of layer 1")) {
      try TokenFigures(model).norms(of: analysis)
    }
    let figures = AttentionFigures(model, try model.spectrogram(ofFileAt: ReportModel.track).bands)
    #expect(throws: MissingValues.self) { try figures.layers(.cls, of: analysis) }
    #expect(throws: MissingValues.self) { try figures.rollout(.cls, of: analysis) }
  }
}
