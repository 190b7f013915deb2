import Foundation
public import MAEST

/// Merges several files of records into one: the shards of a library, or older and newer runs.
///
/// Equal records of a track are merged into one. If the records of a track differ, a record that is done is preferred
/// to one that is partial, and that to one that failed; then the record of the later state of the audio file, then the
/// record from the last input. The output is sorted by path, in the order of UTF-8 bytes; merging it again with the same
/// inputs gives the same bytes. The inputs are not modified. The output is replaced atomically when it is complete.
/// Memory use grows with the number and length of the paths, not with the size of the records.
///
/// All records of an output have the same model, precision and settings, because otherwise their values would not be
/// comparable. Inputs with several models, precisions or settings are refused, unless ``precision`` selects one or
/// ``mixesSettings`` is set.
public struct RecordMerge: Sendable {
  /// JSON Lines files and databases, detected by their contents.
  public var inputs: [String]
  public var output: String
  public var format: RecordFileFormat
  /// Keeps only records of this precision; nil: all. Not `auto`.
  public var precision: EngineOptions.Precision?
  /// Whether the output may contain records of several models, precisions and settings. Each record contains its own
  /// model, precision and settings.
  public var mixesSettings = false

  /// - Parameters:
  ///   - inputs: JSON Lines files and databases.
  ///   - precision: keeps only records of this precision; nil: all.
  ///   - output: the extension selects the format, see ``RecordFileFormat/init(nameOf:)``.
  /// - Throws: `unknownEnding`.
  public init(
    inputs: [String], output: String, precision: EngineOptions.Precision? = nil
  ) throws(RecordOutputError) {
    precondition(precision != .auto, "no record is of precision auto")
    guard let format = RecordFileFormat(nameOf: output) else { throw .unknownEnding(path: output) }
    self.inputs = inputs
    self.output = output
    self.precision = precision
    self.format = format
  }

  /// Merges.
  ///
  /// - Parameter replaces: whether to replace an existing output that is not an input.
  /// - Throws: ``RecordOutputError``; the output is then unchanged.
  public func run(replacing replaces: Bool = false) throws(RecordOutputError) -> MergeSummary {
    let formats = try inputs.map { path throws(RecordOutputError) in try RecordFileFormat(contentsOf: path) }
    let place = try ExistingOutput(output, inputs: inputs, replaces: replaces)
    do {
      let sources = try zip(inputs, formats).map { path, format in try Self.open(path, format) }
      var index = MergeIndex()
      let counts = try scan(sources, into: &index)
      return try withExtendedLifetime(place) {
        try write(index, sources, counts, formats, to: place.path)
      }
    } catch {
      throw RecordOutputError(error, path: output)
    }
  }

  private static func open(_ path: String, _ format: RecordFileFormat) throws -> any MergeSource {
    switch format {
    case .jsonLines: try JSONLinesSource(path: path)
    case .database: try DatabaseSource(path: path)
    }
  }

  /// Numbers of records.
  private struct Counts {
    /// By index of the source.
    var perSource: [Int]
    var leftOut = 0
  }

  private func scan(_ sources: [any MergeSource], into index: inout MergeIndex) throws -> Counts {
    var counts = Counts(perSource: sources.map { _ in 0 })
    var first: RecordProvenance?
    for (number, source) in sources.enumerated() {
      try source.scan { candidate in
        counts.perSource[number] += 1
        let provenance = candidate.provenance
        if let precision, RecordedPrecision.name(provenance.precision) != precision.rawValue {
          counts.leftOut += 1
          return
        }
        if let first, !mixesSettings, provenance.settings != first.settings {
          throw RecordOutputError.mixedSettings(
            path: inputs[number], found: provenance.words, first: first.words)
        }
        first = first ?? provenance
        let entry = MergeIndex.Entry(source: number, place: candidate.place, rank: candidate.rank)
        try index.add(entry, track: candidate.track) { try sources[$0.source].record(at: $0.place) }
      }
    }
    return counts
  }

  private func write(
    _ index: MergeIndex, _ sources: [any MergeSource], _ counts: Counts, _ formats: [RecordFileFormat],
    to path: String
  ) throws -> MergeSummary {
    let sorted = index.sorted()
    try MergeOutput.write(format, to: path) { body in
      for (track, entry) in sorted {
        let source = sources[entry.source]
        let record = try source.record(at: entry.place)
        guard TrackKey(record.path) == track else {
          throw RecordOutputError.cannotRead(path: source.path, reason: "the file changed while it was read")
        }
        try body(record)
      }
    }
    var kept = sources.map { _ in 0 }
    for (_, entry) in sorted { kept[entry.source] += 1 }
    func count(_ status: TrackRecord.Status) -> Int { sorted.count { $0.entry.rank.status == status } }
    return MergeSummary(
      output: output, trackCount: sorted.count, doneCount: count(.done), partialCount: count(.partial),
      failedCount: count(.failed),
      duplicateCount: index.duplicateCount, replacedCount: index.replacedCount,
      leftOutCount: counts.leftOut,
      inputs: sources.indices.map { number in
        MergeSummary.Input(
          path: inputs[number], format: formats[number], recordCount: counts.perSource[number],
          keptCount: kept[number],
          cutLine: sources[number].cutLine)
      })
  }
}
