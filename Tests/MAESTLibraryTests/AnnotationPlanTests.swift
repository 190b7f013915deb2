import Foundation
import MAEST
import MAESTLibrary
import MAESTTestSupport
import Testing

@Suite struct AnnotationPlanTests {
  private func plan(
    _ library: SampleLibrary, _ output: RecordList, settings: AnnotationSettings = SampleLibrary.settings,
    hashing: Bool = false, repeating: AnnotationPlan.Repetition = []
  ) throws -> AnnotationPlan {
    try AnnotationPlan(
      library.search.run().tracks, given: output, provenance: library.annotator(settings).provenance,
      hashesContents: hashing, repeating: repeating)
  }

  private func setTime(_ seconds: Int, of path: String) throws {
    var times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
    try #require(utimensat(AT_FDCWD, path, &times, 0) == 0)
  }

  @Test func `what is recorded and has not changed is left alone`() throws {
    try SampleLibrary.withOne { library in
      let output = RecordList()
      try library.annotate(into: output)
      let again = try plan(library, output)
      #expect(again.tracks.isEmpty && again.reasons.isEmpty && again.refreshed.isEmpty)
      #expect(again.upToDateCount == SampleLibrary.goodCount)
      #expect(again.failedEarlierCount == SampleLibrary.broken.count)
    }
  }

  @Test func `what is new, changed, missing or failed is told apart`() throws {
    try SampleLibrary.withOne { library in
      let output = RecordList()
      try library.annotate(into: output)
      try library.write(WAVFile.noise(seconds: 1, seed: 50), "new.wav")
      try library.write(WAVFile.noise(seconds: 2, seed: 51), "0.wav")
      try library.write(WAVFile.noise(seconds: 2, seed: 52), "empty.wav")
      #expect(try plan(library, output).reasons == [.new: 1, .changed: 2])
      #expect(
        try plan(library, output, repeating: .failed).reasons == [.new: 1, .changed: 2, .failedBefore: 4])
      #expect(try plan(library, output, repeating: .all).reasons == [.forced: 13, .new: 1])
      // Missing since it was found.
      let provenance = try library.annotator().provenance
      let track = Track(path: "2.wav", location: library.folder + "/gone.wav")
      let missing = try AnnotationPlan([track], given: output, provenance: provenance)
      #expect(missing.tracks.isEmpty && missing.missingTracks == [track])
      let failed = Track(path: "nan.wav", location: library.folder + "/gone.wav")
      #expect(try AnnotationPlan([failed], given: output, provenance: provenance).reasons == [.changed: 1])
    }
  }

  @Test func `partial tracks are up to date, until they are to be made again`() throws {
    try SampleLibrary.withOne { library in
      let output = RecordList()
      try library.annotate(into: output)
      let whole = try #require(output.record(ofTrack: "2.wav"))
      var partial = whole
      partial.status = .partial
      partial.lostSeconds = 0.5
      partial.warnings = [AudioWarning(.damaged, seconds: 0.5, message: "a gap")]
      output.write([partial])
      let left = try plan(library, output)
      #expect(left.tracks.isEmpty && left.upToDateCount == SampleLibrary.goodCount)
      #expect(left.partialEarlierCount == 1)
      #expect(try plan(library, output, repeating: .failed).reasons[.partialBefore] == nil)
      let again = try library.annotate(into: output, repeating: .partial)
      #expect(again.reasons == [.partialBefore: 1])
      #expect(output.record(ofTrack: "2.wav") == whole)
      // Where its file is missing, the record stays.
      output.write([partial])
      let gone = Track(path: "2.wav", location: library.folder + "/gone.wav")
      let missing = try AnnotationPlan([gone], given: output, provenance: whole.provenance)
      #expect(missing.tracks.isEmpty && missing.missingTracks == [gone])
    }
  }

  @Test func `records of other settings are left alone, completed or made again`() throws {
    try SampleLibrary.withOne { library in
      let output = RecordList()
      try library.annotate(into: output)
      var (other, more) = (SampleLibrary.settings, SampleLibrary.settings)
      other.tags?.count = 7
      more.embeddings.append(EmbeddingKind(.blockOutput(layer: 1), .dist))
      let failedCount = SampleLibrary.broken.count
      let left = try plan(library, output, settings: other)
      // To try again what failed by other settings loses nothing.
      #expect(left.reasons == [.otherSettings: failedCount])
      #expect(left.otherSettingsCount == SampleLibrary.goodCount)
      let replaced = try plan(library, output, settings: other, repeating: .otherSettings)
      #expect(replaced.reasons == [.otherSettings: failedCount + SampleLibrary.goodCount])
      let completed = try plan(library, output, settings: more)
      #expect(
        completed.reasons == [.otherSettings: failedCount, .incomplete: SampleLibrary.goodCount])
      let parts = Set(completed.items.compactMap(\.part))
      #expect(
        parts == [
          RecipePart(
            hasTags: false, embeddings: [EmbeddingKind(.blockOutput(layer: 1), .dist)], addedHeads: [])
        ])
    }
  }

  @Test func `the contents decide where the time differs, and with checksums always`() throws {
    try SampleLibrary.withOne { library in
      let output = RecordList()
      try library.annotate(into: output)
      #expect(output.records.allSatisfy { $0.file?.sha256?.count == 64 })
      let before = try #require(output.entry(ofTrack: "0.wav")?.file)
      try setTime(1_000_000_000, of: library.folder + "/0.wav")
      let touched = try plan(library, output)
      #expect(touched.tracks.isEmpty && touched.refreshed.map(\.track.path) == ["0.wav"])
      #expect(try plan(library, output, hashing: true).tracks.isEmpty)
      // The record takes the new time, and nothing else.
      try library.annotate(into: output)
      let after = try #require(output.entry(ofTrack: "0.wav")?.file)
      #expect(after.modifiedNanoseconds == 1_000_000_000_000_000_000 && after.sha256 == before.sha256)
      #expect(try plan(library, output).refreshed.isEmpty)
      // Another sound of the same size and time.
      try library.write(WAVFile.noise(seconds: 1, seed: 77), "0.wav")
      try setTime(1_000_000_000, of: library.folder + "/0.wav")
      #expect(try plan(library, output).tracks.isEmpty)
      #expect(try plan(library, output, hashing: true).reasons == [.changed: 1])
    }
  }

  @Test func `digests and recipes that records of earlier versions lack are added without analysing`() throws
  {
    try SampleLibrary.withOne { library in
      let (whole, output) = (RecordList(), RecordList())
      try library.annotate(into: whole)
      output.write(
        whole.records.map { record in
          var record = record
          record.file?.sha256 = nil
          record.provenance.recipe = nil
          return record
        })
      let plan = try library.annotate(into: output, hashing: true)
      #expect(plan.tracks.isEmpty)
      for record in whole.records where record.status == .done {
        #expect(output.record(ofTrack: record.path) == record)
      }
      // Without a digest, a file of another time may have other contents.
      for record in whole.records { output.write([record]) }
      var old = try #require(whole.record(ofTrack: "0.wav"))
      old.file?.sha256 = nil
      output.write([old])
      try setTime(1, of: library.folder + "/0.wav")
      #expect(try self.plan(library, output).reasons == [.changed: 1])
    }
  }

  @Test func `times that nanoseconds cannot tell are the nearest ones, and contents decide`() throws {
    #expect(FileState.nanoseconds(seconds: 13_569_465_600, 5) == .max)
    #expect(FileState.nanoseconds(seconds: -13_569_465_600, 5) == .min)
    #expect(FileState.nanoseconds(seconds: .max, 999_999_999) == .max)
    #expect(FileState.nanoseconds(seconds: 9_223_372_036, 854_775_807) == .max)
    #expect(FileState.nanoseconds(seconds: 2, 5) == 2_000_000_005)
    try SampleLibrary.withOne { library in
      let output = RecordList()
      // Beyond 2262, as by `touch -d 2300-01-01`.
      try setTime(10_413_792_000, of: library.folder + "/0.wav")
      try library.annotate(into: output)
      #expect(try plan(library, output).tracks.isEmpty)
      try library.write(WAVFile.noise(seconds: 1, seed: 78), "0.wav")
      try setTime(10_413_792_000, of: library.folder + "/0.wav")
      #expect(try plan(library, output).reasons == [.changed: 1])
    }
  }

  @Test func `settings tell all that decides the numbers, and nothing else`() throws {
    try SampleLibrary.withOne { library in
      func digest(_ settings: AnnotationSettings, jobs: Int = 1) throws -> String {
        try library.annotator(settings, jobs: jobs).provenance.settings
      }
      let kind = EmbeddingKind(.finalNorm, .cls)
      let all: [AnnotationSettings] = [
        AnnotationSettings(), AnnotationSettings(tags: .init(count: 11)),
        AnnotationSettings(tags: .init(threshold: 0.5)),
        AnnotationSettings(tags: .init(aggregation: .max)), AnnotationSettings(tags: .init(hasCurve: true)),
        AnnotationSettings(embeddings: [kind]), AnnotationSettings(tags: nil, embeddings: [kind]),
        AnnotationSettings(windows: .everyHop(.frames(10))),
        AnnotationSettings(windows: .everyHop(.seconds(0.2))),
        AnnotationSettings(windows: .evenlySpaced(3)), AnnotationSettings(windows: .at([0.3])),
        AnnotationSettings(windows: .everyHop(.standard, lastPatchMode: .repeat)),
        AnnotationSettings(windows: .all.within(TimeRange(start: 1))),
        AnnotationSettings(windows: .all.within(TimeRange(end: 1))),
      ]
      let digests = try all.map { try digest($0) }
      #expect(Set(digests).count == all.count)
      #expect(digests.allSatisfy { $0.count == 16 })
      #expect(try digest(AnnotationSettings(), jobs: 3) == digests[0])
      let other = EmbeddingKind(.finalNorm, .dist)
      #expect(
        try digest(AnnotationSettings(embeddings: [kind, other]))
          == digest(AnnotationSettings(embeddings: [other, kind, other])))
    }
  }
}
