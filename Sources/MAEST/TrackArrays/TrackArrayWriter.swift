import Foundation
public import MAESTAudio
public import MAESTCore
import MAESTFrontEnd
import MAESTNetwork
import MAESTTensor
import MAESTWeights

extension MAESTModel {
  /// Analyses an audio file and writes the requested values patch by patch, so that memory does not grow with the file.
  ///
  /// ```swift
  /// let request = AnalysisRequest(embeddings: [.paper])
  /// try model.writeArrays(ofFileAt: "track.flac", request, to: ArrayFileWriter(path: "track.npz"))
  /// ```
  ///
  /// The file contains the embeddings in the request's order, then the values of taps by layer, then logits and
  /// activations. ``TrackArray`` defines the names and ``TrackMetadata`` the metadata.
  ///
  /// - Parameters:
  ///   - path: an audio file, see `AudioLoader`.
  ///   - request: the values to compute, at least one embedding or tap.
  ///   - head: a head to use instead of the model's own.
  ///   - loader: how to decode the file; its sample rate is set to the model's.
  ///   - writer: a new writer; this method commits it.
  ///   - progress: called after each patch.
  /// - Returns: the file's metadata.
  /// - Throws: as `analyze(fileAt:)`, ``ArrayFileError`` and `FileWriteError`.
  @discardableResult
  public func writeArrays(
    ofFileAt path: String, _ request: AnalysisRequest, head: ClassificationHeadModel? = nil,
    loader: AudioLoader = AudioLoader(), to writer: ArrayFileWriter, progress: ProgressHandler? = nil
  ) throws -> TrackMetadata {
    var arrays = TrackArrays(request, writer)
    let audio = try forEachPatch(
      ofFileAt: path, request, head: head, loader: loader, progress: progress
    ) { patch in
      try arrays.add(patch)
    }
    try arrays.finish()
    let metadata = metadata(of: arrays, file: path, audio: audio, head: head)
    try writer.commit(metadata: metadata)
    return metadata
  }

  private func metadata(
    of arrays: TrackArrays, file: String, audio: AnalyzedAudio, head: ClassificationHeadModel?
  ) -> TrackMetadata {
    let grid = configuration.tokenGrid
    return TrackMetadata(
      engine: EngineVersion.current, path: file, duration: audio.duration, warnings: audio.warnings,
      model: description.provenance.sourceName, modelSHA256: description.provenance.sourceSHA256,
      precision: precision, head: head.map { URL(filePath: $0.path).lastPathComponent },
      headSHA256: head?.digest,
      tokenCount: configuration.tokenCount, gridFrequencyCount: grid.frequencyCount,
      gridTimeCount: grid.timeCount,
      patches: arrays.patches.map { .init(start: $0.startTime, end: $0.endTime) },
      labels: arrays.hasLabels ? head?.labels ?? labels : nil, entries: arrays.entries)
  }
}

/// Writes the requested values of a track's patches into a file of arrays.
private struct TrackArrays {
  private let writer: ArrayFileWriter
  private let embeddings: [(kind: EmbeddingKind, array: TrackArray)]
  private let taps: [(tap: Tap, array: TrackArray)]
  private var summaries: [EmbeddingKind: EmbeddingAccumulator]
  private(set) var patches: [Patch] = []
  private var shapes: [String: [Int]] = [:]
  let hasLabels: Bool

  init(_ request: AnalysisRequest, _ writer: ArrayFileWriter) {
    self.writer = writer
    // Write an embedding once, even if it is requested twice.
    embeddings = request.embeddings.unique.map { ($0, TrackArray($0)) }
    taps = request.taps.map { ($0, TrackArray($0)) }
      .sorted { ($0.tap.layer ?? .max, $0.array.name) < ($1.tap.layer ?? .max, $1.array.name) }
    hasLabels = request.taps.contains(.logits)
    let summarized = request.embeddings.filter { $0.overWindows != nil }
    summaries = Dictionary(summarized.map { ($0, EmbeddingAccumulator($0)) }) { first, _ in first }
  }

  mutating func add(_ result: PatchAnalysis) throws {
    patches.append(result.patch)
    for (kind, array) in embeddings {
      guard let embedding = result.embeddings[kind] else { preconditionFailure("\(kind) is missing") }
      if summaries[kind] == nil {
        try append(embedding, to: array)
      } else {
        summaries[kind]?.add(embedding)
      }
    }
    for (tap, array) in taps {
      guard let values = result.output[tap] else { preconditionFailure("\(tap) is missing") }
      try append(values, to: array)
    }
    if let activations = result.output.activations { try append(activations, to: .activations) }
  }

  private mutating func append(_ slice: Tensor, to array: TrackArray) throws {
    try writer.append(slice, to: array.name)
    shapes[array.name] = [patches.count] + slice.shape
  }

  /// Adds the embeddings aggregated over all patches.
  mutating func finish() throws {
    for (kind, array) in embeddings {
      guard let embedding = summaries[kind]?.embedding else { continue }
      try writer.add(embedding, named: array.name)
      shapes[array.name] = embedding.shape
    }
  }

  /// The written arrays, in the request's order.
  var entries: [TrackMetadata.Entry] {
    let arrays = embeddings.map(\.array) + taps.map(\.array) + (hasLabels ? [.activations] : [])
    return arrays.map {
      TrackMetadata.Entry(array: $0, elementType: writer.elementType, shape: shapes[$0.name] ?? [])
    }
  }
}
