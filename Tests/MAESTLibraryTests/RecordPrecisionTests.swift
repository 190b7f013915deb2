import Foundation
import MAEST
import MAESTLibrary
import MAESTTestSupport
import Testing

/// Records of two precisions are kept apart.
@Suite struct RecordPrecisionTests {
  private func record(_ path: String, _ precision: String) -> TrackRecord {
    var record = smallRecord(path)
    record.provenance.precision = precision
    record.provenance.settings = precision == "float32" ? "exact" : precision
    return record
  }

  /// An output of each kind, in a folder of its own: how it is opened, and how it is looked at when it is closed.
  private func forEachOutput(
    _ body: (_ open: () throws -> any RecordOutput, _ lookup: () throws -> any RecordLookup) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let (lines, database) = (folder + "/x.jsonl", folder + "/x.sqlite")
      try body({ try JSONLinesFile(path: lines) }, { try JSONLinesFile.lookup(path: lines) })
      try body({ try RecordDatabase(path: database) }, { try RecordDatabase.lookup(path: database) })
      for arrays in RecordFolder.Arrays.allCases {
        let path = folder + "/\(arrays)"
        try body({ try RecordFolder(path: path, arrays: arrays) }, { try RecordFolder.lookup(path: path) })
      }
    }
  }

  @Test func `records say the model's precision, and their settings tell it`() throws {
    try SampleLibrary.withOne { library in
      let provenances = try [EngineOptions.Precision.exact, .high, .bf16, .int16].map {
        try library.annotator(precision: $0).provenance
      }
      #expect(provenances.map(\.precision) == ["exact", "high", "bf16", "int16"])
      #expect(Set(provenances.map(\.settings)).count == 4)
    }
  }

  /// The digest that versions before precisions gave: their records stay up to date.
  @Test func `the settings of exact records are what they always were`() throws {
    try SampleLibrary.withOne { library in
      let settings = try library.annotator(AnnotationSettings()).provenance.settings
      #expect(settings == "ad3a23708bc88aa9")
    }
  }

  @Test func `a run adds nothing to records of another precision`() throws {
    try SampleLibrary.withOne { library in
      let (exact, fast) = (try library.annotator(), try library.annotator(precision: .int16))
      let tracks = try library.search.run().tracks
      try forEachOutput { open, lookup in
        do {
          let output = try open()
          try library.annotate(into: output, with: fast)
          let before = try tracks.map { try output.entry(ofTrack: $0.path) }
          #expect(
            throws: SettingsError.differ(
              differences: ["precision exact (there int16)"], recordCount: SampleLibrary.goodCount)
          ) { try library.annotate(into: output, with: exact, repeating: .all) }
          #expect(try tracks.map { try output.entry(ofTrack: $0.path) } == before)
        }
        #expect(try lookup().provenances().map(\.provenance.precision) == ["int16"])
        #expect(try lookup().provenances().map(\.provenance) == [fast.provenance])
      }
    }
  }

  @Test func `records of earlier versions are exact`() throws {
    try SampleLibrary.withOne { library in
      let annotator = try library.annotator()
      try forEachOutput { open, _ in
        let output = try open()
        try library.annotate(into: output, with: annotator)
        let records = try library.search.run().tracks.compactMap { try output.record(ofTrack: $0.path) }
        try output.write(
          records.map { record in
            var record = record
            record.provenance.precision = "float32"
            return record
          })
        let model = SettingsInUse.Model(library.model)
        let decision = try SettingsInUse(of: output).decide(AnnotationWishes(), model: model, .kept)
        #expect(decision.settings.tags == SampleLibrary.settings.tags)
      }
    }
  }

  /// Inputs as lines and as databases.
  private func withInputs(
    _ inputs: [[TrackRecord]], _ body: (_ paths: [String], _ out: String) throws -> Void
  ) throws {
    for format in RecordFileFormat.allCases {
      try withTemporaryFolder { folder in
        let paths = inputs.indices.map { folder + "/\($0).\(format.rawValue)" }
        for (path, records) in zip(paths, inputs) {
          switch format {
          case .jsonLines: try JSONLinesFile(path: path).write(records)
          case .database: try RecordDatabase(path: path).write(records)
          }
        }
        try body(paths, folder + "/out.jsonl")
      }
    }
  }

  @Test func `a merge takes one precision`() throws {
    let inputs = [[record("a", "exact"), record("b", "float32")], [record("c", "fast")]]
    try withInputs(inputs) { paths, out in
      #expect {
        try RecordMerge(inputs: paths, output: out).run()
      } throws: { error in
        guard case .mixedSettings(paths[1], let found, let first) = error as? RecordOutputError else {
          return false
        }
        return found.contains("precision bf16") && first.contains("precision exact")
      }
      #expect(!FileManager.default.fileExists(atPath: out))

      // Versions before fixed point called it fast.
      let bfloat16 = try RecordMerge(inputs: paths, output: out, precision: .bf16).run()
      #expect(bfloat16.trackCount == 1 && bfloat16.leftOutCount == 2)
      #expect(bfloat16.inputs.map(\.recordCount) == [2, 1] && bfloat16.inputs.map(\.keptCount) == [0, 1])
      let exact = try RecordMerge(inputs: paths, output: out, precision: .exact).run(replacing: true)
      #expect(exact.trackCount == 2 && exact.leftOutCount == 1)
      let high = try RecordMerge(inputs: paths, output: out, precision: .high).run(replacing: true)
      #expect(high.trackCount == 0 && high.leftOutCount == 3)
      let together = try RecordMerge(inputs: [paths[0]], output: out).run(replacing: true)
      #expect(together.trackCount == 2 && together.leftOutCount == 0)
    }
  }

  /// Of one track too: neither takes the other's place.
  @Test func `a merge of one track in two precisions is refused`() throws {
    try withInputs([[record("a", "bf16")], [record("a", "int16")]]) { paths, out in
      #expect(throws: RecordOutputError.self) { try RecordMerge(inputs: paths, output: out).run() }
      var mixed = try RecordMerge(inputs: paths, output: out)
      mixed.mixesSettings = true
      #expect(try mixed.run().trackCount == 1)
    }
  }
}
