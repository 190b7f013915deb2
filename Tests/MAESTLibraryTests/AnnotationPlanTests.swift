import Foundation
import MAEST
import MAESTLibrary
import MAESTTestSupport
import Testing

@Suite struct AnnotationPlanTests {
  private func plan(
    _ library: SampleLibrary, _ output: RecordList, settings: String? = nil, hashing: Bool = false,
    repeating: AnnotationPlan.Repetition = []
  ) throws -> AnnotationPlan {
    try AnnotationPlan(
      library.search.run().tracks, given: output,
      settings: settings ?? library.annotator().provenance.settings, hashesContents: hashing,
      repeating: repeating)
  }

  @Test func `what is recorded and has not changed is left alone`() throws {
    try SampleLibrary.withOne { library in
      let output = RecordList()
      try library.annotate(into: output)
      let again = try plan(library, output)
      #expect(again.tracks.isEmpty && again.reasons.isEmpty)
      #expect(again.upToDateCount == SampleLibrary.goodCount)
      #expect(again.failedEarlierCount == SampleLibrary.broken.count)
    }
  }

  @Test func `what is new, changed, gone or failed is told apart`() throws {
    try SampleLibrary.withOne { library in
      let output = RecordList()
      try library.annotate(into: output)
      try library.write(WAVFile.noise(seconds: 1, seed: 50), "new.wav")
      try library.write(WAVFile.noise(seconds: 2, seed: 51), "0.wav")
      try library.write(WAVFile.noise(seconds: 2, seed: 52), "empty.wav")
      #expect(try plan(library, output).reasons == [.new: 1, .changed: 2])
      #expect(
        try plan(library, output, repeating: .failed).reasons == [.new: 1, .changed: 2, .failedBefore: 4])
      #expect(try plan(library, output, repeating: .all).reasons == [.forced: 14])
      #expect(
        try plan(library, output, settings: "else").reasons == [.new: 1, .changed: 2, .otherSettings: 11])
      // Gone after it was found.
      let track = Track(path: "2.wav", location: library.folder + "/gone.wav")
      let gone = try AnnotationPlan([track], given: output, settings: library.annotator().provenance.settings)
      #expect(gone.tracks.isEmpty && gone.goneTracks == [track])
      let failed = Track(path: "nan.wav", location: library.folder + "/gone.wav")
      let changed = try AnnotationPlan(
        [failed], given: output, settings: library.annotator().provenance.settings)
      #expect(changed.trackReasons == [.changed])
    }
  }

  @Test func `with checksums the contents decide, not the time`() throws {
    try SampleLibrary.withOne { library in
      let output = RecordList()
      let annotator = try library.annotator(hashesContents: true)
      try library.annotate(into: output, with: annotator)
      #expect(output.records.allSatisfy { $0.file?.sha256?.count == 64 })
      let (path, contents) = (library.folder + "/0.wav", WAVFile.noise(seconds: 1, seed: 0))
      let original = try Data(contentsOf: URL(filePath: path))
      #expect(original == contents)
      try original.write(to: URL(filePath: path))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: path)
      #expect(try plan(library, output, hashing: true).tracks.isEmpty)
      #expect(try plan(library, output).reasons == [.changed: 1])
      // Another sound of the same size and time.
      let time = try FileManager.default.attributesOfItem(atPath: library.folder + "/2.wav")[
        .modificationDate]
      try library.write(WAVFile.noise(seconds: 3.6, seed: 77), "2.wav")
      try FileManager.default.setAttributes(
        [.modificationDate: try #require(time)], ofItemAtPath: library.folder + "/2.wav")
      #expect(try plan(library, output, hashing: true).reasons == [.changed: 1])
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
