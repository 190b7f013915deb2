import Foundation
import MAEST
import MAESTLibrary
import MAESTTestSupport

/// A folder of short noises, some of them broken, and a tiny model.
struct SampleLibrary {
  static let goodCount = 8
  /// By name, with the code of their error.
  static let broken = [
    "empty.wav": "emptyFile", "short.wav": "tooShort", "nan.wav": "nonFiniteSample", "none.wav": "noSamples",
    "text.wav": "undecodableFile",
  ]

  let folder: String
  let model: MAESTModel

  static func withOne<Result>(_ body: (SampleLibrary) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
      let library = try SampleLibrary(in: folder)
      return try body(library)
    }
  }

  private init(in folder: String) throws {
    self.folder = folder + "/music"
    try FileManager.default.createDirectory(atPath: self.folder + "/inner", withIntermediateDirectories: true)
    try TinyModel.write(to: folder + "/tiny.safetensors")
    model = try MAESTModel(path: folder + "/tiny.safetensors", options: EngineOptions(threadCount: 1))
    for index in 0..<Self.goodCount {
      let name = index % 2 == 0 ? "\(index).wav" : "inner/\(index), \"ü\".wav"
      try write(WAVFile.noise(seconds: 1 + 1.3 * Double(index), seed: UInt64(index)), name)
    }
    try write(Data(), "empty.wav")
    try write(WAVFile.noise(seconds: 0.1, seed: 99), "short.wav")
    try write(
      WAVFile.float32(Array(repeating: 0.1, count: 20000) + [.nan] + Array(repeating: 0.1, count: 9)),
      "nan.wav")
    try write(WAVFile.float32([]), "none.wav")
    try write(Data("no sound at all".utf8), "text.wav")
  }

  func write(_ data: Data, _ name: String) throws { try data.write(to: URL(filePath: folder + "/" + name)) }

  var search: TrackSearch { TrackSearch([.path(folder)], root: folder) }

  /// A file of this name beside the music.
  func path(_ name: String) -> String { folder + "/../" + name }

  /// Tags with a curve, and two embeddings, one of them patch by patch.
  static let settings = AnnotationSettings(
    tags: AnnotationSettings.Tags(count: 3, hasCurve: true),
    embeddings: [
      EmbeddingKind(.blockOutput(layer: 2), .meanOfThree, normalization: .l2, overWindows: .mean),
      EmbeddingKind(.finalNorm, .cls),
    ])

  func annotator(
    _ settings: AnnotationSettings = settings, jobs: Int = 2, laneCount: Int? = nil,
    precision: EngineOptions.Precision = .exact
  ) throws -> Annotator {
    try Annotator(
      model: precision == .exact ? model : MAESTModel(path: model.path, options: .emulated(precision)),
      settings: settings, loader: AudioLoader(ffmpeg: nil), jobs: jobs, laneCount: laneCount)
  }

  /// Analyses what an output has not, and tells what was planned.
  @discardableResult
  func annotate(
    into output: any RecordOutput, with annotator: Annotator? = nil,
    hashing: Bool = false, repeating: AnnotationPlan.Repetition = [],
    stop: StopRequest = StopRequest(), progress: AnnotationProgress = AnnotationProgress(),
    recorded: ([TrackRecord]) throws -> Void = { _ in }
  ) throws -> AnnotationPlan {
    let annotator = try annotator ?? self.annotator()
    let plan = try AnnotationPlan(
      search.run().tracks, given: output, provenance: annotator.provenance, hashesContents: hashing,
      repeating: repeating, root: folder)
    try annotator.run(plan, into: output, stop: stop, progress: progress, recorded: recorded)
    return plan
  }
}

/// Keeps records in memory, in the order in which they come.
final class RecordList: RecordOutput {
  private(set) var records: [TrackRecord] = []
  private(set) var isFinished = false

  func entry(ofTrack path: String) -> RecordEntry? {
    records.last { $0.path == path }.map(RecordEntry.init)
  }

  func record(ofTrack path: String) -> TrackRecord? { records.last { $0.path == path } }

  func provenances() -> [ProvenanceCount] {
    let latest = Dictionary(records.map { ($0.path, $0) }, uniquingKeysWith: { $1 }).values
    return Dictionary(grouping: latest.filter(\.status.isAnnotated), by: \.provenance).map {
      ProvenanceCount(provenance: $0.key, count: $0.value.count)
    }
  }

  func forEachTrack(_ body: (_ path: String) throws -> Void) rethrows {
    for path in Set(records.map(\.path)) { try body(path) }
  }

  func remove(tracks: [String]) { records.removeAll { tracks.contains($0.path) } }

  func write(_ records: [TrackRecord]) { self.records += records }

  func finish() { isFinished = true }

  var sorted: [TrackRecord] { records.sorted { $0.path < $1.path } }
}

extension EngineOptions {
  /// A precision for any CPU, on one thread.
  static func emulated(_ precision: Precision) -> EngineOptions {
    EngineOptions(threadCount: 1, precision: precision, allowsEmulation: true)
  }
}
