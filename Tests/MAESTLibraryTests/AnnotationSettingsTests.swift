import MAEST
import MAESTLibrary
import MAESTTestSupport
import Testing

/// Settings that are easy to give and hard to keep.
@Suite struct AnnotationSettingsTests {
  @Test(arguments: [-Float.greatestFiniteMagnitude, .greatestFiniteMagnitude, -1, 2])
  func `any finite threshold has a digest of its own and gives a record`(threshold: Float) throws {
    try SampleLibrary.withOne { library in
      let settings = AnnotationSettings(tags: .init(count: .max, threshold: threshold))
      let annotator = try library.annotator(settings)
      #expect(
        try annotator.provenance.settings != library.annotator(AnnotationSettings()).provenance.settings)
      let output = RecordList()
      try library.annotate(into: output, with: annotator)
      let tags = output.records.filter { $0.status == .done }.map { $0.tags?.count ?? -1 }
      #expect(tags.count == SampleLibrary.goodCount)
      #expect(Set(tags) == [threshold < 0 ? library.model.labels.count : 0])
    }
  }

  @Test func `an embedding that is asked for twice is recorded once`() throws {
    try SampleLibrary.withOne { library in
      let kind = EmbeddingKind(.finalNorm, .cls)
      var settings = AnnotationSettings(embeddings: [kind, kind])
      settings.embeddings.append(kind)
      #expect(settings.embeddings == [kind])
      let output = RecordList()
      try library.annotate(into: output, with: library.annotator(settings))
      #expect(output.records.contains { $0.embeddings?.keys.sorted() == [kind.name] })
    }
  }

  @Test(arguments: [0, -1, 1025, .max, .min])
  func `numbers of jobs and lanes that cannot be`(count: Int) throws {
    try SampleLibrary.withOne { library in
      #expect(throws: AnnotatorError.invalidJobCount(count)) { try library.annotator(jobs: count) }
      #expect(throws: AnnotatorError.invalidLaneCount(count)) {
        try library.annotator(jobs: 2, laneCount: count)
      }
    }
  }
}
