import Foundation
import MAEST
import MAESTLibrary
import MAESTTestSupport
import Testing

/// Which tracks audio files have by their CUE sheets. The files need no sound for that.
@Suite struct CueSheetTests {
  /// The tracks of `album.flac` with files beside it, by name.
  private func tracks(
    _ files: [String: Data], of name: String = "album.flac", contents: Data = Data("x".utf8)
  ) throws -> [Track] {
    try withTemporaryFolder { folder in
      try contents.write(to: URL(filePath: folder + "/" + name))
      for (name, data) in files { try data.write(to: URL(filePath: folder + "/" + name)) }
      var splitter = CueSplitter()
      return splitter.tracks(of: Track(path: "a/" + name, location: folder + "/" + name))
    }
  }

  private func tracks(_ sheet: String) throws -> [Track] { try tracks(["album.cue": Data(sheet.utf8)]) }

  private static let plain = """
    PERFORMER "Band"
    TITLE "Album"
    FILE "album.flac" WAVE
      TRACK 01 AUDIO
        TITLE "One"
        INDEX 01 00:00:00
      TRACK 02 AUDIO
        TITLE "Two"
        PERFORMER "Guest"
        INDEX 00 03:58:00
        INDEX 01 04:00:15
    """

  @Test func `tracks last from their own index 01 to that of the next one`() throws {
    let tracks = try tracks(Self.plain)
    #expect(tracks.map(\.path) == ["a/album.flac#01", "a/album.flac#02"])
    #expect(tracks.allSatisfy { $0.problem == nil && $0.location.hasSuffix("/album.flac") })
    #expect(
      tracks.map(\.cue) == [
        CueTrack(number: 1, title: "One", performer: "Band", start: 0, end: 240.2),
        CueTrack(number: 2, title: "Two", performer: "Guest", start: 240.2),
      ])
    #expect(tracks[1].range == TimeRange(start: 240.2))
  }

  @Test func `odd sheets are read too`() throws {
    let sheet = [
      "rem GENRE Jazz", "file album 1.wav Wave", "\ttrack 1 audio", "title He Said \"Hi\"", "index 1 0:0:0",
      "  Track 2 Audio", "  Title \"The \"Best\" Of\"", "  Index 01 100:00:74", "TRACK 03 MODE1/2352",
      "INDEX 00 101:00:00", "FLAGS DCP", "", "NONSENSE", "TRACK", "INDEX",
    ].joined(separator: "\r\n")
    let tracks = try tracks(sheet)
    #expect(
      tracks.map(\.cue) == [
        CueTrack(number: 1, title: "He Said \"Hi\"", start: 0, end: 6000 + 74.0 / 75),
        CueTrack(number: 2, title: "The \"Best\" Of", start: 6000 + 74.0 / 75, end: 6060),
      ])
  }

  @Test func `text is UTF-8 with or without a mark, or Windows-1252`() throws {
    let rest = Data("\"\nINDEX 01 00:00:00\n".utf8)
    let head = Data("TRACK 01 AUDIO\nTITLE \"".utf8)
    for (bytes, mark, title) in [
      ([0xC3, 0xA9], [], "é"), ([0xC3, 0xA9], [0xEF, 0xBB, 0xBF], "é"),
      ([0xE9, 0x80, 0x92, 0x81], [], "é€’\u{81}"),
    ] as [([UInt8], [UInt8], String)] {
      let sheet = Data(mark) + head + Data(bytes) + rest
      #expect(try tracks(["album.cue": sheet]).map(\.cue?.title) == [title])
    }
  }

  private static func sheet(_ first: String, _ second: String) -> String {
    "TRACK 01 AUDIO\n\(first)\nTRACK 02 AUDIO\n\(second)\n"
  }

  @Test(arguments: [
    ("INDEX 01 -1:00:00", "has the time '-1:00:00' in line 2"),
    ("INDEX 01 99999999999999999999:00:00", "has the time '99999999999999999999:00:00'"),
    ("INDEX 01 9000000000000000:00:00", "expected MM:SS:FF"), ("INDEX 01 00:60:00", "up to 59 seconds"),
    ("INDEX 01 00:00:75", "74 frames"), ("INDEX 01 00:00", "has the time '00:00'"),
    ("INDEX 01", "has the time ''"), ("INDEX 01 ٣:00:00", "has the time '٣:00:00'"),
    ("", "does not say where track 1 begins: INDEX 01 was expected"),
    ("INDEX 00 00:00:00", "does not say where track 1 begins"),
    ("INDEX 01 05:00:00", "track 1 begins at 300.0 s and the next one at 60.0 s"),
    ("INDEX 01 01:00:00", "track 1 begins at 60.0 s and the next one at 60.0 s"),
  ])
  func `a track that cannot be is told, and the others stay`(index: String, message: String) throws {
    let tracks = try tracks(Self.sheet(index, "INDEX 01 01:00:00"))
    #expect(tracks.map(\.path) == ["a/album.flac#01", "a/album.flac#02"])
    #expect("\(try #require(tracks[0].problem))".contains(message))
    #expect(tracks[0].cue == nil && tracks[1].cue == CueTrack(number: 2, start: 60))
  }

  @Test func `a sheet that cannot be used fails the file`() throws {
    let index = "INDEX 01 00:00:00"
    func problem(_ sheet: String) throws -> CueSheetError? {
      let tracks = try tracks(sheet)
      #expect(tracks.map(\.path) == ["a/album.flac"])
      return tracks.first?.problem
    }
    #expect(try problem("") == .noTracks(sheet: "album.cue"))
    #expect(try problem("\u{0}\u{1}\u{2}") == .noTracks(sheet: "album.cue"))
    #expect(try problem("TRACK 01 MODE1/2352\n\(index)") == .noTracks(sheet: "album.cue"))
    #expect(
      try problem("TRACK 01 AUDIO\n\(index)\nTRACK 01 AUDIO\n\(index)")
        == .repeatedTrack(sheet: "album.cue", track: 1))
    #expect(
      try problem("FILE a.wav WAVE\nTRACK 01 AUDIO\n\(index)\nFILE b.wav WAVE\nTRACK 02 AUDIO\n\(index)")
        == .otherFiles(sheet: "album.cue", names: ["a.wav", "b.wav"]))
    let large = try tracks(["album.cue": Data(count: 2 << 20)])
    #expect("\(try #require(large.first?.problem))".contains("larger than 1048576 bytes"))
  }

  @Test func `a sheet is found by its name, by what it names, or in the file`() throws {
    func sheet(_ title: String, file: String = "other.wav") -> Data {
      Data("FILE \"C:\\x\\\(file)\" WAVE\nTRACK 01 AUDIO\nTITLE \(title)\nINDEX 01 00:00:00\n".utf8)
    }
    func title(_ files: [String: Data], contents: Data = Data()) throws -> String? {
      try tracks(files, contents: contents).first?.cue?.title
    }
    #expect(try title(["album.cue": sheet("A"), "album.flac.cue": sheet("B")]) == "A")
    #expect(try title(["album.flac.cue": sheet("B"), "z.cue": sheet("C", file: "album.flac")]) == "B")
    #expect(try title(["ALBUM.Cue": sheet("D")]) == "D")
    #expect(
      try title(["y.cue": sheet("E", file: "Album.FLAC"), "z.cue": sheet("F", file: "album.flac")]) == "F")
    #expect(try title(["y.cue": sheet("E", file: "Album.FLAC"), "._album.cue": sheet("G")]) == "E")
    #expect(try tracks(["z.cue": sheet("H")]).map(\.cue) == [nil])
    let clip = try Data(contentsOf: URL(filePath: Documentation.path("Weights/demo/clips/bell.flac")))
    let inside = TaggedFiles.flac(
      clip, comments: ["TITLE=x", "cuesheet=" + String(decoding: sheet("I"), as: UTF8.self)])
    #expect(try title([:], contents: inside) == "I")
    #expect(try title(["album.cue": sheet("A")], contents: inside) == "A")
    let tag = Data("ID3".utf8) + Data([4, 0, 0, 0, 0, 1, 5]) + Data(count: 133)
    #expect(try title([:], contents: tag + inside) == "I")
    for length in [0, 3, 5, 41, 50, 60, 100] {
      #expect(try tracks([:], contents: inside.prefix(length)).map(\.problem) == [nil], "\(length) bytes")
    }
  }

  @Test func `of a sheet of several files each file has its own, and missing ones are told once`() throws {
    try withTemporaryFolder { folder in
      let sheet = (1...3).map { "FILE \"\($0).wav\" WAVE\nTRACK 0\($0) AUDIO\nINDEX 01 00:00:00\n" }.joined()
      try sheet.write(toFile: folder + "/all.cue", atomically: true, encoding: .utf8)
      for name in ["2.wav", "3.wav"] { try Data("x".utf8).write(to: URL(filePath: folder + "/" + name)) }
      var found = try TrackSearch([.path(folder)], root: folder).run()
      #expect(found.otherFileCount == 1)
      found.splitByCueSheets()
      #expect(found.tracks.map(\.path) == ["1.wav#01", "2.wav#02", "3.wav#03"])
      #expect(found.tracks[0].location == folder + "/1.wav")
    }
  }
}
