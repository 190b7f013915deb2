/// What is known of one track of a library, in the end: its annotations, or why there are none.
///
/// It says of itself what makes its numbers comparable with others: the audio file's state, model, settings, precision
/// and engine. It has no time of its making, so that the same file gives the same record whenever it is analysed.
public struct TrackRecord: Sendable, Equatable {
  public enum Status: String, Sendable, Codable {
    /// All that was asked for is there.
    case done
    /// ``TrackRecord/error`` tells why there is nothing.
    case failed
  }

  /// What identifies the track in a library: its absolute path, or its path relative to a folder of the user's.
  public var path: String
  public var status: Status
  /// The audio file as it was when it was read; nil where there was none.
  public var file: FileState?
  /// Of what made it.
  public var provenance: RecordProvenance
  /// Facts about the audio; nil for a track that failed.
  public var audio: AudioFacts?
  /// Where the patches lie, where values of each are recorded.
  public var patches: [PatchSpan]?
  /// The labels with the highest activations, highest first.
  public var tags: [RecordedTag]?
  /// By `EmbeddingKind.name`.
  public var embeddings: [String: RecordedEmbedding]?
  /// The top tags over time.
  public var curve: RecordedCurve?
  /// Tags of added heads, by ``HeadIdentity/name``.
  public var heads: [String: RecordedHead]?
  /// Why there is nothing.
  public var error: TrackError?
  /// Why a later attempt on the same contents of the file gave nothing: what is here was made before it, and stays.
  public var laterError: LaterError?

  /// A track without annotations yet.
  public init(path: String, status: Status, file: FileState?, provenance: RecordProvenance) {
    self.path = path
    self.status = status
    self.file = file
    self.provenance = provenance
  }
}

/// Which engine, model and settings made a record.
public struct RecordProvenance: Sendable, Hashable, Codable {
  /// Version of the engine.
  public var engine: String
  /// Name of the graph that the weights come from.
  public var model: String
  /// Its SHA-256.
  public var modelSHA256: String
  /// Name and SHA-256 of the separate classification head, if there is one.
  public var head: String?
  public var headSHA256: String?
  /// How exactly the network computed: `exact`, `high` or `fast`; earlier versions wrote `float32` for `exact`.
  public var precision: String
  /// A digest of all that decides the numbers: equal for records that can be compared.
  public var settings: String
  /// What was asked for; nil in records of earlier versions, which had the digest alone.
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
  /// Length in seconds of the audio that was cut into patches: the file, or the range in it that was asked for.
  public var duration: Double
  /// Of the file, in hertz.
  public var sampleRate: Int
  public var channelCount: Int
  /// Container and encoding in words.
  public var format: String
  /// What decoded it: "libsndfile" or "ffmpeg".
  public var decoder: String
  /// Patches that were analysed.
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

/// Where a patch lies in its track, in seconds.
public struct PatchSpan: Sendable, Hashable, Codable {
  public var start: Double
  public var end: Double

  public init(start: Double, end: Double) {
    self.start = start
    self.end = end
  }
}

/// A label and its activation over the track's patches.
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
  /// `[patch, label]`
  public var activations: [[Float]]

  public init(labels: [String], activations: [[Float]]) {
    self.labels = labels
    self.activations = activations
  }
}

/// Why a track has no annotations.
public struct TrackError: Sendable, Hashable, Codable {
  /// Where it failed.
  public enum Stage: String, Sendable, Codable {
    /// Opening the file as audio.
    case open
    /// Decoding it.
    case decode
    /// Cutting patches and running the network.
    case analyze
  }

  public var stage: Stage
  /// A name that never changes, such as "emptyFile"; `AudioError.code` where it is one of audio.
  public var code: String
  /// For people.
  public var message: String

  public init(stage: Stage, code: String, message: String) {
    self.stage = stage
    self.code = code
    self.message = message
  }
}

/// Why a later attempt gave nothing.
public struct LaterError: Sendable, Hashable {
  public var error: TrackError
  /// ``RecordProvenance/settings`` of the attempt.
  public var settings: String

  public init(error: TrackError, settings: String) {
    self.error = error
    self.settings = settings
  }
}
