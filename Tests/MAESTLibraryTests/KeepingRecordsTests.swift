import Foundation
import MAEST
import MAESTLibrary
import MAESTTestSupport
import Testing

/// Nothing that was made is thrown away.
@Suite struct KeepingRecordsTests {
  private static let kind = EmbeddingKind(.blockOutput(layer: 1), .dist)

  /// An output of each kind.
  private func forEachOutput(_ body: (_ output: any RecordOutput) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try body(JSONLinesFile(path: folder + "/x.jsonl"))
      try body(RecordDatabase(path: folder + "/x.sqlite"))
      try body(RecordFolder(path: folder + "/json", arrays: .inJSON))
    }
  }

  private func records(_ library: SampleLibrary, in output: any RecordOutput) throws -> [TrackRecord] {
    try library.search.run().tracks.compactMap { try output.record(ofTrack: $0.path) }
  }

  @Test func `what is added later is, in all bits, what one run gives`() throws {
    try SampleLibrary.withOne { library in
      var whole = SampleLibrary.settings
      whole.embeddings.append(Self.kind)
      let once = RecordList()
      try library.annotate(into: once, with: library.annotator(whole))
      var (embeddings, tags) = (whole, whole)
      embeddings.tags = nil
      tags.embeddings = []
      for first in [embeddings, tags, SampleLibrary.settings] {
        try forEachOutput { output in
          try library.annotate(into: output, with: library.annotator(first))
          let plan = try library.annotate(into: output, with: library.annotator(whole))
          #expect(plan.reasons[.incomplete] == SampleLibrary.goodCount)
          let expected = try once.sorted.map { try $0.jsonLine() }
          #expect(
            try records(library, in: output).sorted { $0.path < $1.path }.map { try $0.jsonLine() }
              == expected)
        }
      }
    }
  }

  @Test func `only what is missing is computed`() throws {
    try SampleLibrary.withOne { library in
      let output = RecordList()
      try library.annotate(into: output)
      for (index, record) in output.records.enumerated() where record.status == .done {
        // Whoever computed the tags again would find others.
        output.write([output.records[index]])
      }
      let marked = output.records.filter { $0.status == .done }.map { record in
        var record = record
        record.tags = [RecordedTag(label: "kept", activation: 1)]
        return record
      }
      output.write(marked)
      var more = SampleLibrary.settings
      more.embeddings.append(Self.kind)
      try library.annotate(into: output, with: library.annotator(more))
      for record in marked {
        let now = try #require(output.record(ofTrack: record.path))
        #expect(now.tags?.first?.label == "kept" && now.embeddings?[Self.kind.name] != nil)
        #expect(now.provenance.recipe?.settings.embeddings.count == 3)
      }
    }
  }

  @Test func `tags of an added head are those that the head gives alone`() throws {
    let graphs = Fixtures.path("graphs")
    let head = try ClassificationHeadModel(
      path: graphs + "/genre_discogs400-discogs-maest-5s-tiny-1.pb", options: EngineOptions(threadCount: 1))
    let model = try MAESTModel(
      path: graphs + "/discogs-maest-5s-tiny-2.pb", options: EngineOptions(threadCount: 1))
    let track = Track(path: "a.wav", location: Fixtures.path("audio/mono-16k.wav"))
    func run(_ annotator: Annotator, into output: RecordList) throws -> TrackRecord {
      let plan = try AnnotationPlan([track], given: output, provenance: annotator.provenance)
      try annotator.run(plan, into: output)
      return try #require(output.record(ofTrack: "a.wav"))
    }
    let alone = try run(Annotator(model: model, head: head, jobs: 1), into: RecordList())
    let plain = RecordList()
    let own = try run(Annotator(model: model, jobs: 1), into: plain)
    let added = try Annotator(model: model, addedHeads: [head], jobs: 1)
    let together = try run(added, into: RecordList())
    #expect(together.tags == own.tags)
    #expect(together.heads == [head.identity.name: RecordedHead(sha256: head.digest, tags: alone.tags ?? [])])
    #expect(try run(added, into: plain).jsonLine() == together.jsonLine())
  }

  @Test func `a failure never takes the place of annotations of the same contents`() throws {
    try SampleLibrary.withOne { library in
      // Short tracks that one patch is made of by repeating, and that another run finds too short.
      let rescuing = AnnotationSettings(windows: .everyHop(.standard, lastPatchMode: .repeat))
      try forEachOutput { output in
        try library.annotate(into: output, with: library.annotator(rescuing))
        var rescued = try #require(try output.record(ofTrack: "short.wav"))
        #expect(rescued.status == .done)
        rescued.status = .partial
        try output.write([rescued])
        let strict = try library.annotator(AnnotationSettings())
        try library.annotate(into: output, with: strict, repeating: .otherSettings)
        let kept = try #require(try output.record(ofTrack: "short.wav"))
        #expect(kept.status == .partial && kept.tags == rescued.tags && kept.provenance == rescued.provenance)
        #expect(kept.laterError?.error.code == "tooShort")
        #expect(kept.laterError?.settings == strict.provenance.settings)
        // It is left alone like other failures, until it is to be tried again.
        let again = try AnnotationPlan(
          library.search.run().tracks, given: output, provenance: strict.provenance,
          repeating: .otherSettings)
        #expect(again.tracks.isEmpty)
        #expect(try output.record(ofTrack: "0.wav")?.provenance.settings == strict.provenance.settings)
      }
      // Of other contents it does.
      let output = RecordList()
      try library.annotate(into: output, with: library.annotator(rescuing))
      try library.write(Data("no sound".utf8), "short.wav")
      try library.annotate(into: output, with: library.annotator(rescuing))
      #expect(output.record(ofTrack: "short.wav")?.status == .failed)
    }
  }

  @Test func `messages do not depend on how a file was named`() throws {
    try SampleLibrary.withOne { library in
      let (absolute, odd) = (RecordList(), RecordList())
      let annotator = try library.annotator()
      try library.annotate(into: absolute)
      let tracks = try library.search.run().tracks.map {
        Track(path: $0.path, location: library.folder + "/inner/../" + $0.path)
      }
      try annotator.run(TrackSupply(tracks), into: odd)
      #expect(odd.sorted.map(\.error) == absolute.sorted.map(\.error))
      for record in odd.records {
        #expect(record.error?.message.contains(library.folder) != true)
        #expect(record.error?.message.contains(record.path) != true)
      }
    }
  }

  @Test func `moved and removed tracks are told, and their records removed when asked`() throws {
    try SampleLibrary.withOne { library in
      try forEachOutput { output in
        try library.annotate(into: output)
        let manager = FileManager.default
        let (there, moved) = (library.folder + "/2.wav", library.folder + "/moved.wav")
        try manager.moveItem(atPath: there, toPath: moved)
        defer { try? manager.moveItem(atPath: moved, toPath: there) }
        func gone() throws -> GoneTracks {
          try GoneTracks(in: output, library.search, found: library.search.run())
        }
        #expect(try gone().paths == ["2.wav"])
        // A search elsewhere knows nothing of it.
        let inner = TrackSearch([.path(library.folder + "/inner")], root: library.folder)
        #expect(try GoneTracks(in: output, inner, found: inner.run()).paths.isEmpty)
        try output.remove(tracks: gone().paths)
        #expect(try output.entry(ofTrack: "2.wav") == nil && gone().paths.isEmpty)
        #expect(try output.entry(ofTrack: "4.wav") != nil)
      }
    }
  }

  @Test func `tracks of an empty folder are not taken for gone: a disk may not be mounted`() throws {
    try SampleLibrary.withOne { library in
      let output = RecordList()
      try library.annotate(into: output)
      let inner = library.folder + "/inner"
      for name in try FileManager.default.contentsOfDirectory(atPath: inner) { unlink(inner + "/" + name) }
      let gone = try GoneTracks(in: output, library.search, found: library.search.run())
      #expect(gone.paths.isEmpty && gone.pathsInEmptyFolders.count == SampleLibrary.goodCount / 2)
    }
  }

  @Test func `settings that no record can hold are refused`() throws {
    try SampleLibrary.withOne { library in
      for tags in [
        AnnotationSettings.Tags(threshold: -.infinity), .init(threshold: .nan), .init(count: 0),
        .init(count: -5),
      ] {
        #expect(throws: SettingsError.self) { try library.annotator(AnnotationSettings(tags: tags)) }
      }
    }
  }
}
