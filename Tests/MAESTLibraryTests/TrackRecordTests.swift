import Foundation
import MAEST
import MAESTLibrary
import Testing

@Suite struct TrackRecordTests {
  @Test(arguments: RecordSamples.all)
  func `a record is read back as it was written`(record: TrackRecord) throws {
    let line = try record.jsonLine()
    #expect(!line.contains(UInt8(ascii: "\n")))
    let copy = try TrackRecord(jsonLine: line)
    #expect(copy == record)
    #expect(try copy.jsonLine() == line)
  }

  @Test func `a record's JSON has the documented names`() throws {
    let line = try RecordSamples.full.jsonLine()
    let object = try #require(JSONSerialization.jsonObject(with: line) as? [String: Any])
    #expect(
      object.keys.sorted() == [
        "channels", "curve", "decoder", "duration", "embeddings", "engine", "format", "head", "head_sha256",
        "heads", "later_error", "model", "model_sha256", "modified_ns", "patch_count", "patches", "path",
        "precision", "recipe", "sample_rate", "settings", "sha256", "size", "status", "tags",
      ])
    let recipe = try #require(object["recipe"] as? [String: Any])
    #expect(
      recipe.keys.sorted() == ["downmix", "embeddings", "heads", "resampling", "tags", "windows"])
    let later = try #require(object["later_error"] as? [String: String])
    #expect(
      later == ["stage": "decode", "code": "decoderStalled", "message": "too slow", "settings": "0123"])
    let embeddings = try #require(object["embeddings"] as? [String: [String: Any]])
    #expect(embeddings["layer07.blockOutput.tokens"]?["values"] as? [[[Double]]] == [[[1, 2], [3, 4]]])
  }

  @Test func `a partial record's JSON tells what is missing`() throws {
    let line = String(decoding: try RecordSamples.partial.jsonLine(), as: UTF8.self)
    #expect(line.contains(#""status":"partial""#) && line.contains(#""lost_seconds":0.25"#))
    #expect(
      line.contains(
        #""warnings":[{"at":2.5,"code":"damaged","message":"a frame cannot be decoded","seconds":0.25},"#
          + #"{"code":"silent","message":"all samples are zero"}]"#))
    #expect(line.contains(#""cue":{"end":11,"performer":"P","start":1.5,"title":"T","track":2}"#))
    let full = String(decoding: try RecordSamples.full.jsonLine(), as: UTF8.self)
    #expect(!full.contains("warnings") && !full.contains("lost_seconds"))
  }

  @Test func `a decoded track is partial if sound is missing, otherwise done`() {
    let source = AudioSource(
      sampleRate: 44100, channelCount: 2, formatName: "MP3", frameCount: 9, decoder: "libsndfile")
    func record(_ warnings: [AudioWarning]) -> TrackRecord {
      var record = smallRecord("a", .failed)
      record.add(
        DecodedTrack(sampleCount: 32000, source: source, warnings: warnings), sampleRate: 16000, patchCount: 3
      )
      return record
    }
    let silent = record([AudioWarning(.silent, message: "")])
    #expect(silent.status == .done && silent.lostSeconds == nil && silent.warnings.count == 1)
    #expect(silent.audio?.duration == 2 && silent.audio?.patchCount == 3)
    let cut = record([
      AudioWarning(.cutShort, seconds: 1.5, message: ""), AudioWarning(.damaged, seconds: 1, message: ""),
    ])
    #expect(cut.status == .partial && cut.lostSeconds == 2.5 && cut.warnings.count == 2)
  }

  /// Of the first stream a recipe says nothing, as those of earlier versions.
  @Test func `a recipe says which audio stream`() throws {
    func recipe(_ stream: Int) -> RecordRecipe {
      RecordRecipe(settings: AnnotationSettings(audioStream: stream))
    }
    let first = String(decoding: try JSONEncoder().encode(recipe(1)), as: UTF8.self)
    let third = String(decoding: try JSONEncoder().encode(recipe(3)), as: UTF8.self)
    #expect(!first.contains("audio_stream") && third.contains(#""audio_stream":3"#))
    for stream in [1, 3] {
      let data = try JSONEncoder().encode(recipe(stream))
      #expect(try JSONDecoder().decode(RecordRecipe.self, from: data) == recipe(stream))
    }
    #expect(recipe(3).part(missingIn: recipe(1)) == nil && recipe(3).part(missingIn: recipe(3)) != nil)
  }

  @Test(arguments: [
    #""audio_stream":0"#,
    #""tags":{"top":0,"threshold":0,"over_windows":"mean","curve":false}"#,
    #""tags":{"top":9,"threshold":0,"over_windows":"median","curve":false}"#,
    #""embeddings":["layer07.blockOutput.median"]"#, #""embeddings":["layer007.blockOutput.cls"]"#,
    #""embeddings":["layer-7.blockOutput.cls"]"#, #""embeddings":["cls"]"#,
  ])
  func `a recipe that cannot be is refused`(members: String) {
    let rest = #""windows":{"last_patch":"discard"},"downmix":"mix","resampling":"linear""#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(RecordRecipe.self, from: Data("{\(members),\(rest)}".utf8))
    }
    #expect(throws: Never.self) {
      try JSONDecoder().decode(RecordRecipe.self, from: Data("{\(rest)}".utf8))
    }
  }

  @Test(arguments: [
    #""shape": [2, 2], "values": [[1, 2], [3]]"#, #""shape": [2, 2], "values": [[1], [2, 3, 4]]"#,
    #""shape": [-1, -1], "values": [[1]]"#, #""shape": [4294967296, 4294967296], "values": []"#,
    #""shape": [4611686018427387904, 0], "values": []"#, #""shape": [], "values": []"#,
  ])
  func `values that do not fill their shape are refused`(members: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(RecordedEmbedding.self, from: Data("{\(members)}".utf8))
    }
  }
}

/// Records of every kind.
enum RecordSamples {
  static let provenance = RecordProvenance(
    engine: "1.2.3", model: "m.pb", modelSHA256: String(repeating: "a", count: 64), precision: "float32",
    settings: "0123456789abcdef")

  static var full: TrackRecord {
    var record = TrackRecord(
      path: "/music/Björk \"Live\", 1.flac", status: .done,
      file: FileState(
        byteCount: 12, modifiedNanoseconds: 1_764_000_000_123_456_789,
        sha256: String(repeating: "b", count: 64)),
      provenance: provenance)
    record.provenance.head = "head.pb"
    record.provenance.headSHA256 = String(repeating: "c", count: 64)
    record.audio = AudioFacts(
      duration: 12.5, sampleRate: 44100, channelCount: 2, format: "FLAC", decoder: "libsndfile", patchCount: 1
    )
    record.patches = [PatchSpan(start: 0, end: 5.056)]
    record.tags = [
      RecordedTag(label: "A---B", activation: 0.1), RecordedTag(label: "C, \"d\"", activation: 1e-12),
    ]
    record.embeddings = [
      "layer07.blockOutput.tokens": RecordedEmbedding(shape: [1, 2, 2], values: [1, 2, 3, 4]),
      "finalNorm.cls.patch-mean": RecordedEmbedding(shape: [3], values: [0.1, -1.5e-7, 16_777_216]),
    ]
    record.curve = RecordedCurve(labels: ["A---B"], activations: [[0.1]])
    record.heads = ["other.pb": RecordedHead(sha256: "d", tags: [RecordedTag(label: "E", activation: 0.5)])]
    record.laterError = LaterError(
      error: TrackError(stage: .decode, code: "decoderStalled", message: "too slow"), settings: "0123")
    record.provenance.recipe = RecordRecipe(
      settings: AnnotationSettings(
        embeddings: [EmbeddingKind(.finalNorm, .cls, overWindows: .mean)],
        windows: .everyHop(.seconds(0.2)).within(TimeRange(start: 1))),
      addedHeads: [HeadIdentity(name: "other.pb", sha256: "d")])
    return record
  }

  static var partial: TrackRecord {
    var record = TrackRecord(
      path: "/music/cut.mp3", status: .partial, file: FileState(byteCount: 7, modifiedNanoseconds: 6),
      provenance: provenance)
    record.audio = AudioFacts(
      duration: 9.5, sampleRate: 44100, channelCount: 2, format: "MP3", decoder: "libsndfile", patchCount: 1)
    record.warnings = [
      AudioWarning(.damaged, at: 2.5, seconds: 0.25, message: "a frame cannot be decoded"),
      AudioWarning(.silent, message: "all samples are zero"),
    ]
    record.lostSeconds = 0.25
    record.cue = CueTrack(number: 2, title: "T", performer: "P", start: 1.5, end: 11)
    record.soundSHA256 = String(repeating: "e", count: 64)
    record.tags = [RecordedTag(label: "F", activation: 0.5)]
    return record
  }

  static var failed: TrackRecord {
    var record = TrackRecord(
      path: "/music/empty.mp3", status: .failed, file: FileState(byteCount: 0, modifiedNanoseconds: 5),
      provenance: provenance)
    record.error = TrackError(stage: .open, code: "emptyFile", message: "/music/empty.mp3: is empty\nreally")
    return record
  }

  static var missing: TrackRecord {
    var record = failed
    record.path = "gone.mp3"
    record.file = nil
    return record
  }

  static var all: [TrackRecord] { [full, partial, failed, missing] }
}
