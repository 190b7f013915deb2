extension AudioError: CustomStringConvertible {
  /// What was found, what was expected, and what to do.
  ///
  /// One switch over all cases, so that a case without a text does not compile.
  public var description: String {
    switch self {
    case .fileNotFound(let path):
      "\(path): no such file. Check the path."
    case .isFolder(let path):
      "\(path): is a folder, an audio file was expected. Name the files in it."
    case .emptyFile(let path):
      "\(path): the file is empty (0 bytes), audio was expected. Get the file again."
    case .undecodableFile(let path, let message):
      "\(path): cannot be read as audio (libsndfile: \(message)). Expected wav, aiff, flac, ogg, opus or "
        + "mp3; convert other formats first, for instance with `ffmpeg -i input output.wav`."
    case .noSuchAudioStream(let path, let stream, let streamCount):
      "\(path): there is no audio stream \(stream): the file has \(streamCount), counted from 1. Take one of them."
    case .decodingFailed(let path, let frameCount, let expectedFrameCount, let message):
      "\(path): decoding broke off after \(frameCount) of \(expectedFrameCount.map(String.init) ?? "unknown") "
        + "frames (libsndfile: \(message)). The file is damaged or cut short; get it again or convert it first."
    case .noSamples(let path):
      "\(path ?? "signal"): there are no samples, at least one was expected. Check where the audio comes "
        + "from."
    case .decodingTookTooLong(let path, let frameCount, let limit):
      "\(path): decoding was stopped, it took more than \(limit) for \(frameCount) frames. Check that the file is "
        + "sound and can be read fast enough, or allow more time."
    case .decoderCrashed(let path, let frameCount, let signal):
      "\(path): the decoder crashed (signal \(signal)) after \(frameCount) frames. The file is damaged or made to "
        + "do so; get it again or convert it first."
    case .isolatedDecoderNotStarted(let path, let program, let message):
      "\(path): the helper that decodes, \(program), cannot be run (\(message)). Check the installation, or decode "
        + "without isolation."
    case .isolatedDecoderFailed(let path, let frameCount, let message):
      "\(path): the helper that decodes broke off after \(frameCount) frames (\(message)). Check that it is the "
        + "right program, or decode without isolation."
    case .exitStatusUnknown(let path, let program, let frameCount):
      "\(path): \(program) ended after \(frameCount) frames, and the system does not tell how: this process ignores "
        + "SIGCHLD, or another part of it waited for the program. Let SIGCHLD have its default handling while decoding."
    case .ffmpegNotFound(let path, let libsndfileMessage):
      "\(path): cannot be read as audio (libsndfile: \(libsndfileMessage)), and ffmpeg, which reads more formats, "
        + "was not found on the PATH. Install ffmpeg (`apt install ffmpeg`, `brew install ffmpeg`), or convert the "
        + "file to wav, aiff, flac, ogg, opus or mp3."
    case .ffmpegNotStarted(let path, let program, let message):
      "\(path): needs ffmpeg, and \(program) cannot be run (\(message)). Install ffmpeg, or convert the file to "
        + "wav, aiff, flac, ogg, opus or mp3."
    case .ffmpegFailed(let path, let libsndfileMessage, let message):
      "\(path): cannot be read as audio (libsndfile: \(libsndfileMessage); ffmpeg: \(message)). Check that it is "
        + "an audio file, or get it again."
    case .ffmpegBrokeOff(let path, let frameCount, let message):
      "\(path): decoding broke off after \(frameCount) frames (ffmpeg: \(message)). The file is damaged or cut "
        + "short; get it again or convert it first."
    case .ffmpegStalled(let path, let frameCount, let limit):
      "\(path): ffmpeg was stopped, it gave nothing for \(limit) after \(frameCount) frames. Check that the file "
        + "can be read fast enough, or convert it first."
    case .invalidWAVHeader(let field, let found, let expected):
      "the WAV header's \(field) is \(found), expected \(expected). Check that the stream is a WAV stream of "
        + "uncompressed samples, from its beginning."
    case .wavHeaderCutShort(let byteCount):
      "the WAV stream ended after \(byteCount) bytes, before its samples began. Check the program that "
        + "writes it."
    case .nonFiniteSample(let index, let time):
      "sample \(index) (at \(time) s) is NaN or infinite, finite numbers were expected. Repair the audio "
        + "or the program that made it."
    case .sampleOutOfRange(let index, let time, let value, let limit):
      "sample \(index) (at \(time) s) is \(value), magnitudes up to \(limit) were expected (full scale is "
        + "1). Scale the audio down."
    case .invalidChannelCount(let count):
      "the signal has \(count) channels, 1 to 1024 were expected. Check where the audio comes from."
    case .unsupportedSampleRates(let from, let to):
      "cannot resample from \(from) Hz to \(to) Hz: both must be at least 1 Hz and neither above 256 times "
        + "the other. Check the file's sample rate."
    case .resamplingFailed(let message):
      "resampling failed (libsamplerate: \(message)). Convert the audio to the wanted sample rate first."
    case .sampleRateMismatch(let found, let expected):
      "the signal has \(found) Hz, \(expected) Hz was expected. Resample it to \(expected) Hz first."
    case .wrongFrameLength(let found, let expected):
      "the frame has \(found) samples, \(expected) were expected. Cut frames of \(expected) samples."
    case .invalidConfiguration(let parameter, let found, let expected):
      "\(parameter) is \(found), expected \(expected). Correct it."
    case .tooShort(let sampleCount, let neededSampleCount, let sampleRate):
      "the signal is too short: it has \(sampleCount) samples (\(seconds(sampleCount, sampleRate)) s), one "
        + "patch needs \(neededSampleCount) (\(seconds(neededSampleCount, sampleRate)) s). Use "
        + "`--last-patch repeat` to fill a patch by repetition, or a longer signal."
    case .invalidPatchSize(let size):
      "the patch size is \(size) frames, 1 to \(PatchLayout.patchSizes.upperBound) were expected. Use the model's own patch size."
    case .invalidPatchHop(let hop):
      "the patch hop is \(hop) frames, 0 (no overlap) or more was expected."
    case .hopLargerThanPatch(let hop, let patchSize):
      "the patch hop of \(hop) frames is larger than the patch of \(patchSize) frames and would skip "
        + "frames. Use a hop from 1 to \(patchSize), or 0 for no overlap."
    case .invalidHopTime(let seconds, let frameTime):
      "a hop of \(seconds) s cannot be: it is rounded to frames of \(frameTime) s, and at least one was expected. "
        + "Use a longer hop, at most a patch."
    case .invalidWindowCount(let count):
      "\(count) windows were asked for, at least 1 was expected."
    case .noWindowPlaces:
      "windows at given places were asked for, and no place. Give at least one, from 0 (the beginning) to 1 (the "
        + "end)."
    case .invalidWindowPlace(let place):
      "a window at \(place) of the track was asked for, places from 0 (its beginning) to 1 (its end) were expected."
    case .invalidTimeRange(let start, let end):
      "the range from \(start) s to \(end.map { "\($0) s" } ?? "the end") cannot be: it has to begin at 0 s or later "
        + "and to end after that."
    case .rangeBeyondEnd(let start, let end, let duration):
      "the range from \(start) s to \(end.map { "\($0) s" } ?? "the end") is not in the track, which is \(duration) s "
        + "long. Take a range within."
    case .unknownLength:
      "windows by number or place need the length of the track, which of a stream or a pipe is not known before its "
        + "end. Place windows by hop, or write the audio to a file first."
    case .lengthChanged(let found, let expected):
      "the file had \(expected) samples, and \(found) when it was read again. Let it be written to its end first."
    }
  }

  private func seconds(_ sampleCount: Int, _ sampleRate: Int) -> Double {
    (1000 * Double(sampleCount) / Double(sampleRate)).rounded() / 1000
  }
}
