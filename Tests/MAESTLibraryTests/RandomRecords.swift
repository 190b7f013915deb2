import Foundation
import MAEST
import MAESTLibrary

/// Records made up from a seed, with every part there or not, empty parts and odd texts among them.
struct RandomRecords {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func number(below limit: Int) -> Int { Int(next() % UInt64(limit)) }

  private mutating func isThere() -> Bool { number(below: 2) == 0 }

  /// Of any size, not a number or infinity; no negative zero, which a database makes zero.
  private mutating func float() -> Float {
    let value = Float(bitPattern: UInt32(truncatingIfNeeded: next()))
    return value.isFinite && value != 0 ? value : 0.5
  }

  private mutating func double() -> Double { Double(next() % 1_000_000_007) / 1000 }

  private mutating func text() -> String {
    let pieces = [
      "a", "é", "e\u{301}", "\u{1F3B5}", "\"", "\\", "\n", "'", "/", "\t", "ß", " ", "\u{7}", "%", "\u{FFFD}",
    ]
    return (0..<number(below: 9)).map { _ in pieces[number(below: pieces.count)] }.joined()
  }

  private mutating func hash() -> String { String(format: "%016lx", next()) }

  private mutating func list<Element>(
    upTo count: Int, _ element: (inout RandomRecords) -> Element
  ) -> [Element] {
    (0..<number(below: count + 1)).map { _ in element(&self) }
  }

  /// - Parameter number: makes the path unlike others.
  mutating func record(_ number: Int) -> TrackRecord {
    var record = TrackRecord(
      path: "\(text())/\(number)\(text())", status: [.done, .partial, .failed][self.number(below: 3)],
      file: nil,
      provenance: RecordProvenance(
        engine: "0.1.0", model: "m\(self.number(below: 3))", modelSHA256: "5", head: isThere() ? "h" : nil,
        headSHA256: isThere() ? "6" : nil, precision: "float32", settings: "\(self.number(below: 2))"))
    if isThere() {
      record.file = FileState(
        byteCount: self.number(below: .max), modifiedNanoseconds: self.number(below: .max),
        sha256: isThere() ? hash() : nil)
    }
    if isThere() {
      record.audio = AudioFacts(
        duration: double(), sampleRate: self.number(below: 200_000), channelCount: self.number(below: 9),
        format: text(), decoder: "ffmpeg", patchCount: self.number(below: 100))
    }
    if isThere() { record.warnings = list(upTo: 3) { $0.warning() } }
    if isThere() { record.lostSeconds = double() }
    if isThere() {
      record.cue = CueTrack(
        number: self.number(below: 99), title: isThere() ? text() : nil, start: double(),
        end: isThere() ? double() : nil)
    }
    if isThere() { record.soundSHA256 = hash() }
    if isThere() { record.error = TrackError(stage: .decode, code: "c", message: text()) }
    if isThere() { record.patches = list(upTo: 3) { PatchSpan(start: $0.double(), end: $0.double()) } }
    if isThere() { record.tags = list(upTo: 5) { RecordedTag(label: $0.text(), activation: $0.float()) } }
    if isThere() { record.embeddings = embeddings() }
    if isThere() { record.curve = curve() }
    if isThere() { record.heads = ["h": head(), "\(text())h2.pb": head()] }
    if isThere() {
      record.laterError = LaterError(
        error: TrackError(stage: .analyze, code: "c", message: text()), settings: hash())
    }
    if isThere() { record.provenance.recipe = recipe() }
    return record
  }

  private mutating func warning() -> AudioWarning {
    let codes = AudioWarning.Code.allCases
    return AudioWarning(
      codes[number(below: codes.count)], at: isThere() ? double() : nil, seconds: isThere() ? double() : nil,
      message: text())
  }

  private mutating func head() -> RecordedHead {
    RecordedHead(
      sha256: hash(), tags: list(upTo: 3) { RecordedTag(label: $0.text(), activation: $0.float()) })
  }

  private mutating func recipe() -> RecordRecipe {
    let windows: [WindowSelection] = [
      .all, .evenlySpaced(3), .at([0.1, 0.7]), .everyHop(.frames(7), lastPatchMode: .repeat),
      .everyHop(.seconds(0.3), lastPatchMode: .end).within(TimeRange(start: 1.5, end: 77.1)),
    ]
    let embeddings = [
      EmbeddingKind(.finalNorm, .cls), EmbeddingKind(.attentionOutput(layer: 3), .tokens, normalization: .l2),
      EmbeddingKind(.blockOutput(layer: 12), .meanOfThree, normalization: .l2, overWindows: .mean),
    ]
    let settings = AnnotationSettings(
      tags: isThere()
        ? AnnotationSettings.Tags(count: 1 + number(below: 9), threshold: 0.1, aggregation: .max) : nil,
      embeddings: isThere() ? embeddings : [], windows: windows[number(below: windows.count)])
    return RecordRecipe(
      settings: settings, addedHeads: isThere() ? [HeadIdentity(name: text(), sha256: hash())] : [])
  }

  private mutating func embeddings() -> [String: RecordedEmbedding] {
    var embeddings: [String: RecordedEmbedding] = [:]
    for name in ["layer07.blockOutput.cls", "finalNorm.tokens.patch-mean", "finalNorm.mean.l2", "other"]
    where isThere() {
      let shape = [number(below: 4)] + (0..<number(below: 3)).map { _ in 1 + number(below: 4) }
      let values = (0..<shape.reduce(1, *)).map { _ in float() }
      embeddings[name] = RecordedEmbedding(shape: shape, values: values)
    }
    if isThere() { embeddings["filed"] = RecordedEmbedding(shape: [2, 3], values: [], file: "a.npy") }
    return embeddings
  }

  private mutating func curve() -> RecordedCurve {
    let labels = list(upTo: 3) { $0.text() }
    let patchCount = number(below: 4)
    return RecordedCurve(
      labels: labels, activations: (0..<patchCount).map { _ in labels.map { _ in float() } })
  }

  mutating func records(_ count: Int) -> [TrackRecord] { (0..<count).map { record($0) } }
}

/// Sorted by path in the order of UTF-8 bytes, as lines of JSON.
func sortedLines(_ records: [TrackRecord]) throws -> [String] {
  try records.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    .map { String(decoding: try $0.jsonLine(), as: UTF8.self) }
}

/// A database's records, as lines of JSON.
func lines(of database: RecordDatabase) throws -> [String] {
  var lines: [String] = []
  try database.forEachRecord { lines.append(String(decoding: try $0.jsonLine(), as: UTF8.self)) }
  return lines
}

/// A record of a track with little in it.
func smallRecord(
  _ path: String, _ status: TrackRecord.Status = .done, modified: Int = 1, label: String = "A"
) -> TrackRecord {
  var record = TrackRecord(
    path: path, status: status, file: FileState(byteCount: 3, modifiedNanoseconds: modified),
    provenance: RecordSamples.provenance)
  record.tags = [RecordedTag(label: label, activation: 0.5)]
  return record
}
