public import MAESTAudio

extension MAESTModel {
  /// The mel bands of an audio file, or of a range in it, as the model's front end makes them, before they are
  /// normalised.
  ///
  /// Frame `i` is centred on second `i * 0.016` of the file or of the range, whose samples are taken for a signal of
  /// their own, as windows within a range take them. Values are `log10(10000 x + 1)` of a band's energy. The file is decoded
  /// piece by piece; the bands take 24 KB a second.
  ///
  /// - Throws: `AudioError` for a file that cannot be read, or that ends before the range does.
  public func melSpectrogram(ofFileAt path: String, range: TimeRange? = nil) throws -> MelSpectrogram {
    let wanted = try range?.samples(sampleRate: sampleRate) ?? 0..<Int.max
    var configuration = melConfiguration
    configuration.normalization = nil
    var stream = MelStream(extractor: try MelSpectrogramExtractor(configuration: configuration))
    var reader = try AudioLoader(sampleRate: sampleRate).open(path)
    var (samples, bands): ([Float], [Float]) = ([], [])
    var count = 0
    while count < wanted.upperBound, try reader.read(appendingTo: &samples) {
      let part = samples.prefix(wanted.upperBound - count).dropFirst(max(0, wanted.lowerBound - count))
      try stream.append(part, appendingTo: &bands)
      count += samples.count
      samples.removeAll(keepingCapacity: true)
    }
    guard count > 0 else { throw AudioError.noSamples(path: path) }
    guard wanted.lowerBound < count, wanted.upperBound == .max || wanted.upperBound <= count else {
      throw AudioError.rangeBeyondEnd(
        start: range?.start ?? 0, end: range?.end, duration: Double(count) / Double(sampleRate))
    }
    try stream.finish(appendingTo: &bands)
    return MelSpectrogram(
      frameCount: bands.count / configuration.bandCount, bandCount: configuration.bandCount, values: bands)
  }
}
