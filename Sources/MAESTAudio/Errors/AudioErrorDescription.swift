import MAESTFrontEnd

extension AudioError: CustomStringConvertible {
  /// The error message: what was found, what was expected, and what to do.
  ///
  /// A single switch covers all cases, so that a case without a text does not compile.
  public var description: String {
    switch self {
    case .fileNotFound(let path):
      "\(path): no such file. Check the path."
    case .isFolder(let path):
      "\(path): is a folder; an audio file was expected. Name the files in it."
    case .emptyFile(let path):
      "\(path): the file is empty (0 bytes), audio was expected. Get the file again."
    case .undecodableFile(let path, let message):
      "\(path): cannot be read as audio (libsndfile: \(message)). Expected wav, aiff, flac, ogg, opus or "
        + "mp3; convert other formats first, for instance with `ffmpeg -i input output.wav`."
    case .noSuchAudioStream(let path, let stream, let streamCount):
      "\(path): there is no audio stream \(stream): the file has \(streamCount), counted from 1. Choose one of them."
    case .decodingFailed(let path, let frameCount, let expectedFrameCount, let message):
      "\(path): decoding broke off after \(frameCount) of \(expectedFrameCount.map(String.init) ?? "unknown") "
        + "frames (\(message)). Check that it can be read, get it again, or convert it first."
    case .damaged(let path, let damage):
      "\(path): the file is damaged: \(damage.message). Get it again, or allow that the rest is used."
    case .mostlyLost(let path, let decodedSeconds, let lostSeconds):
      "\(path): only \(Self.seconds(decodedSeconds)) s can be decoded and about \(Self.seconds(lostSeconds)) s are lost; at "
        + "least half of the sound was expected. Get the file again."
    case .encodedAsPCM(let path, let encoding):
      "\(path): the header says PCM samples, but the data are a \(encoding) stream, which would be heard as noise. "
        + "Install ffmpeg, which decodes it, or convert the file."
    case .spoolingFailed(let path, let message):
      "\(path): this format cannot be read from a pipe, and copying it to a temporary file failed: \(message). Write "
        + "it to a file first, or point TMPDIR to a folder with room."
    case .noSamples(let path):
      "\(path): there are no samples, at least one was expected. Check where the audio comes "
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
      "\(path): ffmpeg was stopped: no output for \(limit) after \(frameCount) frames. Check that the file "
        + "can be read fast enough, or convert it first."
    case .invalidWAVHeader(let field, let found, let expected):
      "the WAV header's \(field) is \(found), expected \(expected). Check that the stream is a WAV stream of "
        + "uncompressed samples, from its beginning."
    case .wavHeaderCutShort(let byteCount):
      "the WAV stream ended after \(byteCount) bytes, before its samples began. Check the program that "
        + "writes it."
    case .signal(let error):
      error.description
    }
  }
}

extension AudioError {
  /// Seconds with two decimals.
  private static func seconds(_ value: Double) -> Double { (100 * value).rounded() / 100 }
}
