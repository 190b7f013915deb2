import Foundation
import MAEST
import MAESTFiles
import MAESTLibrary
import MAESTTestSupport
import Testing

/// Tracks that were moved or retagged keep their numbers.
@Suite struct SameSoundTests {
  /// An output of each kind.
  private func forEachOutput(_ body: (_ output: any RecordOutput) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try body(JSONLinesFile(path: folder + "/x.jsonl"))
      try body(RecordDatabase(path: folder + "/x.sqlite"))
      try body(RecordFolder(path: folder + "/json", arrays: .inJSON))
      try body(RecordFolder(path: folder + "/npy", arrays: .numPy))
    }
  }

  /// Annotates, and returns what was planned and counted.
  private func annotate(
    _ library: SampleLibrary, into output: any RecordOutput
  ) throws -> (plan: AnnotationPlan, counts: AnnotationProgress.Counts) {
    let progress = AnnotationProgress()
    let plan = try library.annotate(into: output, progress: progress)
    return (plan, progress.counts)
  }

  private func bytes(_ library: SampleLibrary, _ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: library.folder + "/" + name))
  }

  private func move(_ library: SampleLibrary, _ from: String, _ to: String) throws {
    try FileManager.default.moveItem(
      atPath: library.folder + "/" + from, toPath: library.folder + "/" + to)
  }

  private func expectSameNumbers(_ record: TrackRecord?, _ earlier: TrackRecord) throws {
    let record = try #require(record)
    #expect(record.status == .done && record.audio == earlier.audio && record.soundSHA256 != nil)
    #expect(record.soundSHA256 == earlier.soundSHA256 && record.provenance == earlier.provenance)
    #expect(record.tags == earlier.tags && record.curve == earlier.curve)
    #expect(record.embeddings == earlier.embeddings && record.patches == earlier.patches)
  }

  @Test func `moved and retagged tracks keep their numbers, and nothing is computed`() throws {
    try forEachOutput { output in
      try SampleLibrary.withOne { library in
        try library.write(
          Data(contentsOf: URL(filePath: Documentation.path("Weights/demo/clips/bell.flac"))), "bell.flac")
        #expect(try annotate(library, into: output).plan.recognizableCount == 0)
        let earlier = try ["2.wav", "4.wav", "bell.flac"].map {
          try #require(try output.filledRecord(ofTrack: $0))
        }
        try move(library, "2.wav", "inner/moved.wav")
        try library.write(TaggedFiles.wav(bytes(library, "4.wav"), title: "new"), "4.wav")
        try library.write(
          TaggedFiles.flac(bytes(library, "bell.flac"), comments: ["TITLE=A much longer title"]), "bell.flac")
        let (plan, counts) = try annotate(library, into: output)
        #expect(plan.reasons == [.new: 1, .changed: 2] && plan.recognizableCount == 3)
        #expect(counts.patchCount == 0 && counts.recognizedCount == 3 && counts.recordedCount == 3)
        for (path, earlier) in zip(["inner/moved.wav", "4.wav", "bell.flac"], earlier) {
          let record = try output.filledRecord(ofTrack: path)
          try expectSameNumbers(record, earlier)
          #expect(record?.file?.sha256 == digest(ofFile: library.folder + "/" + path))
        }
        // The record of the gone path stays as it was, arrays included.
        #expect(try output.filledRecord(ofTrack: "2.wav") == earlier[0])
        #expect(try annotate(library, into: output).plan.tracks.isEmpty)
      }
    }
  }

  @Test func `another sound is analysed, and so is one of other settings`() throws {
    try SampleLibrary.withOne { library in
      let output = RecordList()
      try library.annotate(into: output)
      try library.write(WAVFile.noise(seconds: 3, seed: 500), "2.wav")
      let (plan, counts) = try annotate(library, into: output)
      #expect(plan.recognizableCount == 1 && counts.recognizedCount == 0 && counts.patchCount > 0)
      try move(library, "2.wav", "moved.wav")
      let other = try library.annotator(AnnotationSettings())
      let tracks = try library.search.run().tracks
      let elsewhere = try AnnotationPlan(
        tracks, given: output, provenance: other.provenance, root: library.folder)
      #expect(elsewhere.reasons[.new] == 1 && elsewhere.recognizableCount == 0)
    }
  }

  @Test func `files that swapped their names have each the numbers of its sound`() throws {
    try forEachOutput { output in
      try SampleLibrary.withOne { library in
        try library.annotate(into: output)
        let (second, fourth) = try (
          #require(try output.filledRecord(ofTrack: "2.wav")),
          #require(try output.filledRecord(ofTrack: "4.wav"))
        )
        try move(library, "2.wav", "x.wav")
        try move(library, "4.wav", "2.wav")
        try move(library, "x.wav", "4.wav")
        #expect(try annotate(library, into: output).counts.recordedCount == 2)
        try expectSameNumbers(try output.filledRecord(ofTrack: "2.wav"), fourth)
        try expectSameNumbers(try output.filledRecord(ofTrack: "4.wav"), second)
      }
    }
  }

  @Test func `arrays that are gone are computed again`() throws {
    try withTemporaryFolder { folder in
      try SampleLibrary.withOne { library in
        let output = try RecordFolder(path: folder + "/npy", arrays: .numPy)
        try library.annotate(into: output)
        let earlier = try #require(try output.filledRecord(ofTrack: "2.wav"))
        for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/npy")
        where name.hasPrefix("2.wav.") && name.hasSuffix(".npy") { unlink(folder + "/npy/" + name) }
        try move(library, "2.wav", "moved.wav")
        let counts = try annotate(library, into: output).counts
        #expect(counts.recognizedCount == 0 && counts.recordedCount == 1 && counts.patchCount > 0)
        try expectSameNumbers(try output.filledRecord(ofTrack: "moved.wav"), earlier)
      }
    }
  }

  @Test func `the digest is of the decoded samples, whatever the windows`() throws {
    try SampleLibrary.withOne { library in
      let samples = try AudioLoader(ffmpeg: nil).load(library.folder + "/4.wav").samples
      func digest(_ count: Int) -> String {
        samples.prefix(count).withUnsafeBytes { SHA256Digest.hash($0) }
      }
      let all = digest(samples.count)
      let range = TimeRange(start: 1, end: 3)
      for (windows, expected) in [
        (WindowSelection.all, all), (.at([0.1]), all), (.evenlySpaced(2), all),
        (.all.within(TimeRange(start: 1)), all), (.all.within(range), digest(48000)),
        (.at([0.1]).within(range), digest(48000)),
      ] {
        let output = RecordList()
        let annotator = try library.annotator(AnnotationSettings(windows: windows))
        try annotator.run(
          TrackSupply([Track(path: "4.wav", location: library.folder + "/4.wav")]), into: output)
        #expect(output.records.map(\.soundSHA256) == [expected], "\(windows)")
      }
    }
  }
}

/// SHA-256 of a file.
private func digest(ofFile path: String) -> String? {
  (try? Data(contentsOf: URL(filePath: path))).map { $0.withUnsafeBytes { SHA256Digest.hash($0) } }
}
