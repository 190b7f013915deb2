import Foundation
import MAESTFiles
import MAESTLibrary
import MAESTTestSupport
import Testing

@Suite struct TrackSearchTests {
  /// A folder with files; names that end in "/" are folders.
  private func withFiles(_ names: [String], _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for name in names {
        let url = URL(filePath: folder).appending(path: name)
        try FileManager.default.createDirectory(
          at: name.hasSuffix("/") ? url : url.deletingLastPathComponent(), withIntermediateDirectories: true)
        if !name.hasSuffix("/") { try Data("x".utf8).write(to: url) }
      }
      try body(folder)
    }
  }

  private func paths(_ places: [TrackSearch.Place], in folder: String) throws -> [String] {
    try TrackSearch(places, root: folder).run().tracks.map(\.path)
  }

  private static let names = [
    "b/two.FLAC", "b/cover.jpg", "a/one.mp3", "a/.hidden.mp3", "a/.trash/x.mp3", "a/deep/er/three.wav",
    "notes.txt",
    "z,\"1\" - Ünï.ogg", "empty/",
  ]

  @Test func `a folder gives the audio files in it, sorted by their bytes`() throws {
    try withFiles(Self.names) { folder in
      let result = try TrackSearch([.path(folder)], root: folder).run()
      #expect(
        result.tracks.map(\.path) == ["a/deep/er/three.wav", "a/one.mp3", "b/two.FLAC", "z,\"1\" - Ünï.ogg"])
      #expect(result.tracks.map(\.location) == result.tracks.map { folder + "/" + $0.path })
      #expect(result.otherFileCount == 2)
      #expect(result.unreadable.isEmpty)
    }
  }

  @Test func `without a root paths are absolute and tidy`() throws {
    try withFiles(["a/one.mp3"]) { folder in
      let tracks = try TrackSearch([.path(folder + "/./a/../a//one.mp3")]).run().tracks
      #expect(tracks == [Track(path: folder + "/a/one.mp3", location: folder + "/./a/../a//one.mp3")])
    }
  }

  @Test func `what is named more than once is there once`() throws {
    try withFiles(Self.names) { folder in
      let list = folder + "/list"
      try Data("a/one.mp3\r\n\n\(folder)/b/two.FLAC\nnot/there.mp3".utf8).write(to: URL(filePath: list))
      let places: [TrackSearch.Place] = [.path(folder + "/a/one.mp3"), .list(list), .path(folder + "/b")]
      let found = try paths(places, in: folder)
      #expect(found == ["a/one.mp3", "b/two.FLAC", "not/there.mp3"])
    }
  }

  @Test func `a file that is named is taken whatever its name`() throws {
    try withFiles(Self.names) { folder in
      let found = try paths([.path(folder + "/notes.txt")], in: folder)
      #expect(found == ["notes.txt"])
    }
  }

  @Test(arguments: [
    ("a/*.mp3", ["a/one.mp3"]), ("**/*.wav", ["a/deep/er/three.wav"]), ("?/t[w]o.*", ["b/two.FLAC"]),
    ("**/three.wav", ["a/deep/er/three.wav"]), ("a/**", ["a/deep/er/three.wav", "a/one.mp3"]),
    ("[ab]", ["a/deep/er/three.wav", "a/one.mp3", "b/two.FLAC"]), ("a/**/er/*", ["a/deep/er/three.wav"]),
  ])
  func `patterns are those of shells`(pattern: String, expected: [String]) throws {
    try withFiles(Self.names) { folder in
      let found = try paths([.path(folder + "/" + pattern)], in: folder)
      #expect(found == expected)
    }
  }

  @Test func `what is not there is an error, and says which`() throws {
    try withFiles(Self.names) { folder in
      #expect(throws: TrackSearchError.nothingAt(path: folder + "/no")) {
        try paths([.path(folder + "/no")], in: folder)
      }
      #expect(throws: TrackSearchError.nothingMatches(pattern: folder + "/*.aiff")) {
        try paths([.path(folder + "/*.aiff")], in: folder)
      }
      #expect(throws: TrackSearchError.self) { try paths([.list(folder + "/no")], in: folder) }
      #expect(throws: TrackSearchError.outside(path: "/else.mp3", folder: folder)) {
        let list = folder + "/list"
        try Data("/else.mp3\n".utf8).write(to: URL(filePath: list))
        _ = try paths([.list(list)], in: folder)
      }
    }
  }

  @Test func `what is not there does not stop the search for the rest`() throws {
    try withFiles(Self.names) { folder in
      let list = folder + "/list"
      try Data("/else.mp3\n".utf8).write(to: URL(filePath: list))
      let search = TrackSearch(
        [.path(folder + "/no"), .path(folder + "/*.aiff"), .list(list), .path(folder)], root: folder)
      let found = try search.run()
      #expect(try found.tracks.map(\.path) == paths([.path(folder)], in: folder))
      #expect(
        found.unreadable == [
          .nothingAt(path: folder + "/no"), .nothingMatches(pattern: folder + "/*.aiff"),
          .outside(path: "/else.mp3", folder: folder),
        ])
      // As in a list, a file with a name of audio is a track; analysing it tells what is wrong.
      #expect(try paths([.path(folder + "/no.mp3")], in: folder) == ["no.mp3"])
    }
  }

  @Test func `a file whose name is a pattern is that file`() throws {
    try withFiles(["x [1].mp3", "x 1.mp3"]) { folder in
      let found = try paths([.path(folder + "/x [1].mp3")], in: folder)
      #expect(found == ["x [1].mp3"])
    }
  }

  @Test func `names that only look the same are two, and an accent does not hide a slash`() throws {
    let names = ["a/\u{301}x.mp3", "e\u{301}.mp3", "\u{e9}.mp3"]
    try withFiles(names) { folder in
      let tracks = try TrackSearch([.path(folder)], root: folder).run().tracks
      #expect(tracks.map { Array($0.path.utf8) } == names.map { Array($0.utf8) })
      let output = RecordList()
      for track in tracks {
        output.write([
          TrackRecord(path: track.path, status: .done, file: nil, provenance: RecordSamples.provenance)
        ])
      }
      let file = try JSONLinesFile(path: folder + "/x.jsonl")
      try file.write(output.records)
      try file.finish()
      let lines = try String(contentsOfFile: folder + "/x.jsonl", encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 3)
    }
  }

  @Test func `what is neither file nor folder is passed over`() throws {
    try withFiles(["a/one.mp3"]) { folder in
      try #require(mkfifo(folder + "/a/pipe.mp3", 0o600) == 0)
      #expect(try paths([.path(folder)], in: folder) == ["a/one.mp3"])
    }
  }

  @Test func `names that are not UTF-8 are found like others`() throws {
    let names = [[0x61, 0xE4], [0x62, 0x2F, 0xFF], [0x63, 0xC3, 0xA4]].map { PathBytes.text($0) + ".mp3" }
    try withFiles([]) { folder in
      for name in names {
        try Folders.make(Folders.parent(of: "\(folder)/\(name)"))
        try AtomicFile.write(Data(), to: "\(folder)/\(name)")
      }
      #expect(try paths([.path(folder)], in: folder) == names)
      #expect(try paths([.path("\(folder)/**/*.mp3")], in: folder) == names)
      #expect(
        try paths([.path("\(folder)/a?.mp3"), .path("\(folder)/\(names[2])")], in: folder) == [
          names[0], names[2],
        ])
      let list = names.map { PathBytes.bytes($0) + [0x0D, 0x0A] }.reduce([], +)
      try Data(list).write(to: URL(filePath: folder + "/list"))
      #expect(try paths([.list(folder + "/list")], in: folder) == names)
    }
  }

  @Test func `hidden files are passed over in folders and patterns, and taken when they are named`() throws {
    try withFiles(["tone.mp3", "._tone.mp3", ".hidden/x.mp3", ".DS_Store", "a/._b.mp3"]) { folder in
      let all = [
        TrackSearch.Place.path(folder), .path("\(folder)/*"), .path("\(folder)/**/*.mp3"),
        .path("\(folder)/**"),
      ]
      for place in all { #expect(try paths([place], in: folder) == ["tone.mp3"]) }
      let result = try TrackSearch([.path(folder)], root: folder).run()
      #expect(result.otherFileCount == 0)
      #expect(try paths([.path("\(folder)/._tone.mp3")], in: folder) == ["._tone.mp3"])
    }
  }

  @Test func `links to files are followed, to folders not, so that circles have an end`() throws {
    try withFiles(["a/one.mp3"]) { folder in
      let manager = FileManager.default
      try manager.createSymbolicLink(atPath: folder + "/a/circle", withDestinationPath: folder)
      try manager.createSymbolicLink(
        atPath: folder + "/a/link.mp3", withDestinationPath: folder + "/a/one.mp3")
      try manager.createSymbolicLink(atPath: folder + "/a/dead.mp3", withDestinationPath: folder + "/gone")
      let found = try paths([.path(folder)], in: folder)
      #expect(found == ["a/dead.mp3", "a/link.mp3", "a/one.mp3"])
    }
  }

  @Test func `the shards of a library are its parts`() throws {
    let names = (0..<200).map { "track \($0).mp3" }
    try withFiles(names) { folder in
      let parts = try (0..<8).map { index in
        try TrackSearch([.path(folder)], root: folder, shard: Shard("\(index)/8")).run()
      }
      #expect(parts.flatMap(\.tracks).map(\.path).sorted() == names.sorted())
      #expect(parts.allSatisfy { $0.tracks.count > 10 && $0.tracks.count + $0.otherShardCount == 200 })
    }
  }

  @Test func `a track's shard is what is documented`() {
    // echo -n 'artist/song.flac' | sha256sum: e73ef986..., as Python's int(digest[:16], 16) % 8 has it.
    let inside = (0..<8).filter { Shard(index: $0, count: 8)?.contains(path: "artist/song.flac") == true }
    #expect(inside == [5])
  }

  @Test(arguments: ["8/8", "-1/8", "1", "1/0", "a/b", "1/2/3", ""])
  func `a shard that cannot be is none`(text: String) {
    #expect(Shard(text) == nil)
  }
}
