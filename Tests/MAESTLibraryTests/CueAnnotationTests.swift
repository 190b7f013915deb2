import Foundation
import MAEST
import MAESTLibrary
import MAESTTestSupport
import Testing

/// Records of the tracks of CUE sheets.
@Suite struct CueAnnotationTests {
  private static let names = ["album.wav#01", "album.wav#02", "album.wav#03", "album.wav#04", "album.wav#05"]

  private func writeSheet(_ library: SampleLibrary, title: String = "One", second: String = "00:02:00") throws
  {
    let sheet = """
      TRACK 01 AUDIO
        TITLE "\(title)"
        INDEX 01 00:00:00
      TRACK 02 AUDIO
        INDEX 01 \(second)
      TRACK 03 AUDIO
        INDEX 01 00:05:00
      TRACK 04 AUDIO
        INDEX 01 00:05:05
      TRACK 05 AUDIO
        INDEX 01 09:00:00
      """
    try library.write(Data(sheet.utf8), "album.cue")
  }

  /// An album of six seconds: two good tracks, one that is too short, one that ends beyond it and one that begins there.
  private func withAlbum(_ body: (SampleLibrary) throws -> Void) throws {
    try SampleLibrary.withOne { library in
      for name in try FileManager.default.contentsOfDirectory(atPath: library.folder) {
        try FileManager.default.removeItem(atPath: library.folder + "/" + name)
      }
      try library.write(WAVFile.noise(seconds: 6, seed: 3), "album.wav")
      try writeSheet(library)
      try body(library)
    }
  }

  private func annotate(
    _ library: SampleLibrary, into output: any RecordOutput
  ) throws -> (plan: AnnotationPlan, counts: AnnotationProgress.Counts) {
    var found = try library.search.run()
    found.splitByCueSheets()
    let annotator = try library.annotator()
    let plan = try AnnotationPlan(
      found.tracks, given: output, provenance: annotator.provenance, root: library.folder)
    let progress = AnnotationProgress()
    try annotator.run(plan, into: output, progress: progress)
    return (plan, progress.counts)
  }

  private func forEachOutput(_ body: (_ output: any RecordOutput) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try body(JSONLinesFile(path: folder + "/x.jsonl"))
      try body(RecordDatabase(path: folder + "/x.sqlite"))
      try body(RecordFolder(path: folder + "/npy", arrays: .numPy))
    }
  }

  @Test func `each track has a record of its part of the file`() throws {
    try forEachOutput { output in
      try withAlbum { library in
        _ = try annotate(library, into: output)
        let records = try Self.names.map { try #require(try output.filledRecord(ofTrack: $0)) }
        #expect(records.map(\.status) == [.done, .done, .failed, .failed, .failed])
        #expect(
          records.map { $0.error?.code } == [nil, nil, "tooShort", "rangeBeyondEnd", "rangeBeyondEnd"])
        #expect(records[0].cue == CueTrack(number: 1, title: "One", start: 0, end: 2))
        #expect(records[4].cue == CueTrack(number: 5, start: 540))
        for record in records.prefix(2) {
          let range = try #require(record.cue?.range)
          let analysis = try library.model.analyze(
            fileAt: library.folder + "/album.wav",
            AnalysisRequest(taps: [.logits], windows: .all.within(range)))
          #expect(
            try record.tags
              == analysis.topTags(3).map { RecordedTag(label: $0.label, activation: $0.activation) })
          #expect(record.audio?.duration == analysis.duration)
        }
        let again = try annotate(library, into: output).plan
        #expect(again.tracks.isEmpty && again.upToDateCount == 2 && again.failedEarlierCount == 3)
      }
    }
  }

  @Test func `another title keeps the numbers, another beginning does not`() throws {
    try forEachOutput { output in
      try withAlbum { library in
        _ = try annotate(library, into: output)
        let first = try #require(try output.filledRecord(ofTrack: Self.names[0]))
        try writeSheet(library, title: "New")
        let (plan, counts) = try annotate(library, into: output)
        #expect(plan.reasons == [.changed: 1] && counts.patchCount == 0 && counts.recognizedCount == 1)
        let renamed = try #require(try output.filledRecord(ofTrack: Self.names[0]))
        #expect(renamed.cue?.title == "New" && renamed.tags == first.tags)
        #expect(renamed.embeddings == first.embeddings)
        try writeSheet(library, title: "New", second: "00:02:01")
        let moved = try annotate(library, into: output)
        #expect(moved.plan.reasons == [.changed: 2])
        #expect(moved.counts.patchCount > 0 && moved.counts.recognizedCount == 0)
      }
    }
  }

  @Test func `an album that was moved keeps the numbers of its tracks`() throws {
    try withAlbum { library in
      let output = RecordList()
      _ = try annotate(library, into: output)
      let manager = FileManager.default
      for ending in ["wav", "cue"] {
        try manager.moveItem(
          atPath: library.folder + "/album.\(ending)", toPath: library.folder + "/x.\(ending)")
      }
      try library.write(
        Data("FILE x.wav WAVE\n".utf8) + Data(contentsOf: URL(filePath: library.folder + "/x.cue")), "x.cue")
      let gone = try GoneTracks(in: output, library.search, found: library.search.run())
      #expect(gone.paths == Self.names)
      let counts = try annotate(library, into: output).counts
      #expect(counts.patchCount == 0 && counts.recognizedCount == 2 && counts.failedCount == 3)
      #expect(output.record(ofTrack: "x.wav#02")?.tags == output.record(ofTrack: "album.wav#02")?.tags)
    }
  }

  @Test func `a sheet that cannot be used gives failures, not a crash`() throws {
    try withAlbum { library in
      try library.write(Data("TRACK 01 AUDIO\nINDEX 01 00:99:00\nTRACK 02 AUDIO\n".utf8), "album.cue")
      let output = RecordList()
      _ = try annotate(library, into: output)
      #expect(output.sorted.map(\.path) == ["album.wav#01", "album.wav#02"])
      #expect(output.records.allSatisfy { $0.error?.code == "invalidCueSheet" && $0.error?.stage == .open })
      // A corrected sheet is taken up.
      try library.write(Data("TRACK 01 AUDIO\nINDEX 01 00:00:00\n".utf8), "album.cue")
      #expect(try annotate(library, into: output).plan.reasons == [.changed: 1])
      #expect(output.record(ofTrack: "album.wav#01")?.status == .done)
    }
  }
}
