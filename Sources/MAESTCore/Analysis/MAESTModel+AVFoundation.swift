#if canImport(AVFoundation)
  public import AVFoundation

  extension MAESTModel {
    /// Analyses an AVFoundation buffer of any sample rate and channel count.
    ///
    /// - Parameters: as for the method that takes samples.
    /// - Throws: the same errors, and `SignalError.invalidConfiguration` for a buffer of integer samples or a sample
    ///   rate that is not a whole number of hertz.
    public func analyze(
      _ buffer: AVAudioPCMBuffer, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
      timeLimit: Duration? = nil, progress: ProgressHandler? = nil
    ) throws -> Analysis {
      guard let channels = buffer.floatChannelData else {
        throw SignalError.invalidConfiguration(
          parameter: "buffer format", found: "\(buffer.format.commonFormat)", expected: "pcmFormatFloat32")
      }
      guard let sampleRate = Int(exactly: buffer.format.sampleRate) else {
        throw SignalError.invalidConfiguration(
          parameter: "sample rate", found: "\(buffer.format.sampleRate)", expected: "a whole number of hertz")
      }
      let (frameCount, channelCount) = (Int(buffer.frameLength), Int(buffer.format.channelCount))
      // Interleaved channels are in one array, others in one array each; `stride` is the distance between frames.
      let samples = (0..<frameCount).flatMap { frame in
        (0..<channelCount).map { channel in
          buffer.format.isInterleaved
            ? channels[0][frame * channelCount + channel] : channels[channel][frame * buffer.stride]
        }
      }
      return try analyze(
        samples, sampleRate: sampleRate, channelCount: channelCount, request, head: head,
        timeLimit: timeLimit, progress: progress)
    }
  }
#endif
