import ArgumentParser
import MAEST

struct DecodeCommand: QuietableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Write the samples that a model hears of an audio file as a NumPy array.",
    discussion: """
      The file is decoded, mixed to one channel and resampled, as for maest tag and as by Essentia's MonoLoader, and
      written as float32 [sample], full scale from -1 to 1.

      Qualities of resampling, libsamplerate's converters:
        0  sinc, best       3  zero-order hold
        1  sinc, medium     4  linear, what MAEST's models are used with
        2  sinc, fastest

      Examples:
        maest decode track.flac -o signal.npy
        maest decode track.mp3 --rate 44100 --downmix left -o left.npy
        maest decode film.mkv --audio-stream 2 -o signal.npy
        maest decode track.ogg --quality 1 -o signal.npy
      """)

  @Argument(
    help: "Audio file: wav, flac, mp3, ...; others where ffmpeg is installed; - for standard input.",
    completion: .file())
  var file: String

  @OptionGroup var decodingOptions: DecodingOptions

  @Option(name: .shortAndLong, help: "Output file (.npy).", completion: .file(extensions: ["npy"]))
  var output: String

  @Option(help: "Samples in a second of the output.")
  var rate = 16000

  @Option(help: "Converter for files of another rate, from 0 to 4; see above.")
  var quality: ResampleQuality = .linear

  @OptionGroup var quietOption: QuietOption

  func validate() throws {
    if rate < 1 { throw ValidationError("--rate \(rate): at least 1 is needed") }
  }

  func run() throws {
    var loader = decodingOptions.loader
    (loader.sampleRate, loader.resampleQuality) = (rate, quality)
    let signal = try attempt(file: file) { try loader.load(AudioFiles.path(of: file)) }
    printWarnings(signal.warnings, of: file)
    try attempt {
      try NumPyWriter.write(Tensor(shape: [signal.samples.count], elements: signal.samples), to: output)
    }
    let seconds = fixed(Float(signal.duration), digits: 1)
    let source = signal.source.map {
      " from \($0.formatName), \($0.sampleRate) Hz, \($0.channelCount) channel\($0.channelCount == 1 ? "" : "s")"
    }
    printLine("\(output): float32 [\(signal.samples.count)], \(seconds) s at \(rate) Hz\(source ?? "")")
  }
}
