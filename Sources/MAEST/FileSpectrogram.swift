public import MAESTAudio

extension MAESTModel {
  /// The mel bands of a whole audio file, as the model's front end makes them, before they are normalised.
  ///
  /// Frame `i` is centred on second `i * 0.016`; values are `log10(10000 x + 1)` of a band's energy. The file is decoded
  /// piece by piece; the bands take 24 KB a second.
  ///
  /// - Throws: `AudioError` for a file that cannot be read.
  public func melSpectrogram(ofFileAt path: String) throws -> MelSpectrogram {
    var configuration = melConfiguration
    configuration.normalization = nil
    var stream = MelStream(extractor: try MelSpectrogramExtractor(configuration: configuration))
    var reader = try AudioLoader(sampleRate: sampleRate).open(path)
    var (samples, bands): ([Float], [Float]) = ([], [])
    while try reader.read(appendingTo: &samples) {
      try stream.append(samples[...], appendingTo: &bands)
      samples.removeAll(keepingCapacity: true)
    }
    guard stream.sampleCount > 0 else { throw AudioError.noSamples(path: path) }
    try stream.finish(appendingTo: &bands)
    return MelSpectrogram(
      frameCount: bands.count / configuration.bandCount, bandCount: configuration.bandCount, values: bands)
  }
}
