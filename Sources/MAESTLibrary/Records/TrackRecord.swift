public import MAEST

/// The result for one track of a library: its annotations, or the reason why there are none.
///
/// It contains everything that shows whether its values are comparable with those of other records: the state of the
/// audio file, model, settings, precision and engine version. It has no timestamp, so that the same file always gives
/// the same record.
public struct TrackRecord: Sendable, Equatable {
  public enum Status: String, Sendable, Codable {
    /// All requested values are present.
    case done
    /// All requested values are present, but sound of the file is missing: a part of it cannot be decoded.
    /// ``TrackRecord/warnings`` say what is missing.
    case partial
    /// The track has no annotations; ``TrackRecord/error`` says why.
    case failed

    /// Whether the track has annotations.
    public var isAnnotated: Bool {
      switch self {
      case .done, .partial: true
      case .failed: false
      }
    }
  }

  /// Identifies the track in a library: its absolute path, or its path relative to a folder that the user names.
  public var path: String
  public var status: Status
  /// State of the audio file when it was read; nil if there was none.
  public var file: FileState?
  /// Engine, model and settings with which the record was made.
  public var provenance: RecordProvenance
  /// Facts about the audio; nil for a track that failed.
  public var audio: AudioFacts?
  /// What a listener should know about the decoded file, in order of time.
  public var warnings: [AudioWarning] = []
  /// The seconds of sound that are missing, as far as they are known; nil for a track that is not partial.
  public var lostSeconds: Double?
  /// SHA-256 of the decoded sound (one channel, the model's sample rate, little-endian float32), as far as it was read,
  /// lower-case hexadecimal. Equal for the same sound in files with other tags. Nil in records of earlier versions and
  /// of tracks that failed.
  public var soundSHA256: String?
  /// The track of a CUE sheet; nil: the record is of a whole file.
  public var cue: CueTrack?
  /// Start and end of each patch, if values of single patches are recorded.
  public var patches: [PatchSpan]?
  /// The labels with the highest activations, highest first.
  public var tags: [RecordedTag]?
  /// Embeddings by `EmbeddingKind.name`.
  public var embeddings: [String: RecordedEmbedding]?
  /// The top tags over time.
  public var curve: RecordedCurve?
  /// Tags of added heads by ``HeadIdentity/name``.
  public var heads: [String: RecordedHead]?
  /// Why the track has no annotations.
  public var error: TrackError?
  /// The error of a later attempt on the same file contents. The annotations of the earlier attempt are kept.
  public var laterError: LaterError?

  /// Makes a record without annotations.
  public init(path: String, status: Status, file: FileState?, provenance: RecordProvenance) {
    self.path = path
    self.status = status
    self.file = file
    self.provenance = provenance
  }
}

/// Engine, model and settings with which a record was made.
public struct RecordProvenance: Sendable, Hashable, Codable {
  /// Version of the engine.
  public var engine: String
  /// Name of the graph that the weights come from.
  public var model: String
  /// SHA-256 of the graph.
  public var modelSHA256: String
  /// Name and SHA-256 of the separate classification head, if there is one.
  public var head: String?
  public var headSHA256: String?
  /// Precision of the network: `exact`, `high`, `bf16` or `int16`; earlier versions wrote `float32` for `exact` and
  /// `fast` for `bf16`.
  public var precision: String
  /// Digest of everything that determines the values; equal for comparable records.
  public var settings: String
  /// The requested settings; nil in records of earlier versions, which have only the digest.
  public var recipe: RecordRecipe?

  public init(
    engine: String, model: String, modelSHA256: String, head: String? = nil, headSHA256: String? = nil,
    precision: String, settings: String, recipe: RecordRecipe? = nil
  ) {
    self.engine = engine
    self.model = model
    self.modelSHA256 = modelSHA256
    self.head = head
    self.headSHA256 = headSHA256
    self.precision = precision
    self.settings = settings
    self.recipe = recipe
  }

  enum CodingKeys: String, CodingKey {
    case engine, model, head, precision, settings, recipe
    case modelSHA256 = "model_sha256"
    case headSHA256 = "head_sha256"
  }
}

/// Facts about a track's audio.
public struct AudioFacts: Sendable, Hashable, Codable {
  /// Duration of the analysed audio in seconds: the file or the selected range.
  public var duration: Double
  /// Sample rate of the file, in hertz.
  public var sampleRate: Int
  public var channelCount: Int
  /// Container and encoding, as text.
  public var format: String
  /// The decoder: "libmpg123", "libFLAC", "libvorbis", "libopus", "libsndfile", "wav" (a pipe) or "ffmpeg".
  public var decoder: String
  /// Number of analysed patches.
  public var patchCount: Int

  public init(
    duration: Double, sampleRate: Int, channelCount: Int, format: String, decoder: String, patchCount: Int
  ) {
    self.duration = duration
    self.sampleRate = sampleRate
    self.channelCount = channelCount
    self.format = format
    self.decoder = decoder
    self.patchCount = patchCount
  }

  enum CodingKeys: String, CodingKey {
    case duration, format, decoder
    case sampleRate = "sample_rate"
    case channelCount = "channels"
    case patchCount = "patch_count"
  }
}

/// Start and end of a patch in its track, in seconds.
public struct PatchSpan: Sendable, Hashable, Codable {
  public var start: Double
  public var end: Double

  public init(start: Double, end: Double) {
    self.start = start
    self.end = end
  }
}

/// A label and its activation, aggregated over the track's patches.
public struct RecordedTag: Sendable, Hashable, Codable {
  public var label: String
  public var activation: Float

  public init(label: String, activation: Float) {
    self.label = label
    self.activation = activation
  }
}

/// Tags of an added head.
public struct RecordedHead: Sendable, Hashable, Codable {
  /// ``HeadIdentity/sha256``
  public var sha256: String
  /// The labels with the highest activations, highest first.
  public var tags: [RecordedTag]

  public init(sha256: String, tags: [RecordedTag]) {
    self.sha256 = sha256
    self.tags = tags
  }
}

/// The activations of a track's top tags in each patch.
public struct RecordedCurve: Sendable, Equatable, Codable {
  public var labels: [String]
  /// Activations `[patch, label]`.
  public var activations: [[Float]]

  public init(labels: [String], activations: [[Float]]) {
    self.labels = labels
    self.activations = activations
  }
}

/// Why a track has no annotations.
public struct TrackError: Sendable, Hashable, Codable {
  /// Stage of processing that failed.
  public enum Stage: String, Sendable, Codable {
    /// Opening the file as audio.
    case open
    /// Decoding the audio.
    case decode
    /// Cutting patches and running the network.
    case analyze
  }

  public var stage: Stage
  /// Stable name of the error, such as "emptyFile"; `AudioError.code` for audio errors.
  public var code: String
  /// Text for people.
  public var message: String

  public init(stage: Stage, code: String, message: String) {
    self.stage = stage
    self.code = code
    self.message = message
  }
}

/// The error of a later attempt that failed.
public struct LaterError: Sendable, Hashable {
  public var error: TrackError
  /// ``RecordProvenance/settings`` of the attempt.
  public var settings: String

  public init(error: TrackError, settings: String) {
    self.error = error
    self.settings = settings
  }
}
