import Foundation
import MAEST
import MAESTLibrary
import MAESTTestSupport
import Testing

@Suite struct AnnotatorTests {
  @Test func `every track has one record, of what the model gives or of what is wrong`() throws {
    try SampleLibrary.withOne { library in
      let output = RecordList()
      try library.annotate(into: output)
      #expect(output.isFinished)
      let records = Dictionary(grouping: output.records, by: \.path)
      #expect(records.count == SampleLibrary.goodCount + SampleLibrary.broken.count)
      #expect(records.values.allSatisfy { $0.count == 1 })
      for record in output.records {
        if let code = SampleLibrary.broken[record.path] {
          #expect(record.status == .failed)
          #expect(record.error?.code == code, "\(record.path): \(record.error?.message ?? "")")
          #expect(record.tags == nil && record.audio == nil && record.file != nil)
        } else {
          try expectModelsValues(record, library)
        }
      }
    }
  }

  private func expectModelsValues(_ record: TrackRecord, _ library: SampleLibrary) throws {
    let path = library.folder + "/" + record.path
    let settings = SampleLibrary.settings
    let analysis = try library.model.analyze(
      fileAt: path, AnalysisRequest(taps: [.logits], embeddings: settings.embeddings, windows: .all))
    #expect(record.status == .done && record.error == nil)
    #expect(
      try record.tags == analysis.topTags(3).map { RecordedTag(label: $0.label, activation: $0.activation) })
    #expect(try record.curve?.activations == analysis.curve(ofTopTags: 3).windows.map(\.activations))
    #expect(record.curve?.labels == record.tags?.map(\.label))
    for kind in settings.embeddings {
      let expected = try analysis[kind]
      #expect(record.embeddings?[kind.name] == RecordedEmbedding(expected))
    }
    #expect(record.patches?.map(\.start) == analysis.patches.map(\.patch.startTime))
    let audio = try #require(record.audio)
    #expect(audio.duration == analysis.duration && audio.patchCount == analysis.patches.count)
    #expect(audio.decoder == "libsndfile" && audio.channelCount == 1 && audio.sampleRate == 16000)
  }

  @Test(arguments: [(1, 1), (1, 3), (4, 1), (3, 2), (8, 8)])
  func `records are the same bytes for any number of jobs and lanes`(jobs: Int, lanes: Int) throws {
    try SampleLibrary.withOne { library in
      let (serial, parallel) = (RecordList(), RecordList())
      try library.annotate(into: serial, with: library.annotator(jobs: 1))
      try library.annotate(into: parallel, with: library.annotator(jobs: jobs, laneCount: lanes))
      #expect(try serial.sorted.map { try $0.jsonLine() } == parallel.sorted.map { try $0.jsonLine() })
    }
  }

  @Test func `windows that need a track's length, and a range`() throws {
    try SampleLibrary.withOne { library in
      let windows = WindowSelection.evenlySpaced(2).within(TimeRange(start: 1.5))
      let output = RecordList()
      try library.annotate(into: output, with: library.annotator(AnnotationSettings(windows: windows)))
      let codes = Dictionary(
        uniqueKeysWithValues: output.records.map {
          ($0.path, $0.error?.code ?? "\($0.audio?.patchCount ?? 0)")
        })
      #expect(codes["0.wav"] == "rangeBeyondEnd")
      #expect(codes["2.wav"] == "2" && codes["inner/7, \"ü\".wav"] == "2")
      #expect(codes["none.wav"] == "rangeBeyondEnd" || codes["none.wav"] == "noSamples")
    }
  }

  @Test func `settings that cannot be met are refused before any file is opened`() throws {
    try SampleLibrary.withOne { library in
      let settings = AnnotationSettings(tags: nil, embeddings: [EmbeddingKind(.blockOutput(layer: 9), .cls)])
      #expect(throws: ModelError.self) { try library.annotator(settings) }
      let hop = AnnotationSettings(windows: .everyHop(.frames(9999)))
      #expect(throws: SignalError.self) { try library.annotator(hop) }
    }
  }

  @Test func `an output that fails ends the run with its error`() throws {
    final class FullOutput: RecordOutput {
      struct Full: Error {}
      var writeCount = 0
      func entry(ofTrack path: String) -> RecordEntry? { nil }
      func record(ofTrack path: String) -> TrackRecord? { nil }
      func provenances() -> [ProvenanceCount] { [] }
      func forEachTrack(_ body: (_ path: String) throws -> Void) {}
      func remove(tracks: [String]) {}
      func write(_ records: [TrackRecord]) throws {
        writeCount += 1
        throw Full()
      }
      func finish() throws { Issue.record("finished after a failure") }
    }
    try SampleLibrary.withOne { library in
      let output = FullOutput()
      #expect(throws: FullOutput.Full.self) { try library.annotate(into: output) }
      #expect(output.writeCount == 1)
    }
  }

  @Test func `a supply that fails ends the run after what came before`() throws {
    struct Broken: Error {}
    try SampleLibrary.withOne { library in
      var rest = try library.search.run().tracks[...]
      let supply = TrackSupply {
        guard rest.count > 6 else { throw Broken() }
        return rest.popFirst()
      }
      let output = RecordList()
      let annotator = try library.annotator()
      #expect(throws: Broken.self) { try annotator.run(supply, into: output) }
      #expect(output.records.count == SampleLibrary.goodCount + SampleLibrary.broken.count - 6)
    }
  }

  @Test func `a run that is stopped goes on where it was`() throws {
    try SampleLibrary.withOne { library in
      let (whole, output) = (RecordList(), RecordList())
      try library.annotate(into: whole)
      var planned: [Int] = []
      for _ in 0..<20 {
        let stop = StopRequest()
        let annotator = try library.annotator(jobs: 1)
        planned.append(
          try library.annotate(into: output, with: annotator, stop: stop) { _ in stop.request() }.tracks.count
        )
        if planned.last == 0 { break }
      }
      #expect(planned.count > 2 && planned.last == 0)
      #expect(zip(planned, planned.dropFirst()).allSatisfy { $0 > $1 })
      #expect(output.records.count == whole.records.count)
      #expect(output.sorted == whole.sorted)
    }
  }

  /// The model's only pass takes most of a second. The decoder asks for a second track when the first one's patch is in
  /// the queue, and the stop comes a moment later, in the middle of the pass.
  @Test func `a stop ends the pass in the network before its next block`() throws {
    try withTemporaryFolder { folder in
      var configuration = TinyModel.configuration
      configuration.frameCount = 606
      configuration.blockCount = 300
      try TinyModel.write(to: folder + "/slow.safetensors", configuration)
      let model = try MAESTModel(
        path: folder + "/slow.safetensors", options: EngineOptions(threadCount: 1, backend: .reference))
      let path = folder + "/noise.wav"
      try WAVFile.noise(seconds: 10, seed: 1).write(to: URL(filePath: path))
      let annotator = try Annotator(model: model, loader: AudioLoader(ffmpeg: nil), jobs: 1)
      for isStopped in [true, false] {
        let stop = StopRequest()
        var rest = [Track(path: path, location: path)]
        let supply = TrackSupply {
          if rest.isEmpty, isStopped {
            Thread.sleep(forTimeInterval: 0.05)
            stop.request()
          }
          return rest.popLast()
        }
        let output = RecordList()
        try annotator.run(supply, into: output, stop: stop)
        #expect(output.records.map(\.status) == (isStopped ? [] : [.done]))
      }
    }
  }

  @Test func `no tags, or nothing of single patches, is left out`() throws {
    try SampleLibrary.withOne { library in
      let kind = EmbeddingKind(.finalNorm, .cls, overWindows: .mean)
      let output = RecordList()
      try library.annotate(
        into: output, with: library.annotator(AnnotationSettings(tags: nil, embeddings: [kind])))
      let record = try #require(output.records.first { $0.status == .done })
      #expect(record.tags == nil && record.curve == nil && record.patches == nil)
      #expect(record.embeddings?.keys.map { $0 } == [kind.name])
    }
  }
}
