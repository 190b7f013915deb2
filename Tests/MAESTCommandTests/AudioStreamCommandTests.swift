import Foundation
import MAESTTestSupport
import Testing

/// `--audio-stream`, with a script in the place of ffmpeg.
@Suite struct AudioStreamCommandTests {
  /// A file that only ffmpeg reads, with two streams of other noise, and what each gives in files of its own.
  private func withFilm(_ body: (_ run: ([String]) throws -> Program.Result, _ folder: String) throws -> Void)
    throws
  {
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/tiny.safetensors")
      try TinyModel.write(to: folder + "/other.safetensors", seed: 2)
      for stream in 1...2 {
        try WAVFile.noise(seconds: 2, seed: UInt64(stream)).write(
          to: URL(filePath: "\(folder)/stream-\(stream).wav"))
      }
      try Data("neither audio nor video".utf8).write(to: URL(filePath: folder + "/film.mkv"))
      let script = """
        #!/bin/sh
        case "$*" in
          *0:a:0?*) cat '\(folder)/stream-1.wav' ;;
          *0:a:1?*) cat '\(folder)/stream-2.wav' ;;
          *-map*) exit 1 ;;
          *) printf '  Stream #0:0: Video: h264\\n  Stream #0:1(eng): Audio: aac\\n  Stream #0:2: Audio: mp3\\n' >&2
             exit 1 ;;
        esac
        """
      try Data(script.utf8).write(to: URL(filePath: folder + "/ffmpeg"))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/ffmpeg")
      try body(
        {
          try Program.maest.run($0, folder: folder, environment: ["PATH": folder + ":/usr/bin:/bin"])
        }, folder)
    }
  }

  private static let model = ["--model", "tiny.safetensors"]

  /// Commands with "FILE" where the file is named, and the file that they write.
  private static let commands: [([String], String)] = [
    (["embed", "FILE", "--layer", "2", "-o", "made.npy"] + model, "made.npy"),
    (["tokens", "FILE", "--layer", "2", "-o", "made.npy"] + model, "made.npy"),
    (["attention", "FILE", "--layer", "2", "-o", "made.npy"] + model, "made.npy"),
    (["decode", "FILE", "-o", "made.npy"], "made.npy"),
    (["tag", "FILE", "--output", "logits", "--npy", "made.npy"] + model, "made.npy"),
    (["picture", "taggram", "FILE", "-o", "made.svg"] + model, "made.svg"),
    (["compare", "tiny.safetensors", "other.safetensors", "FILE", "--picture", "made.svg"], "made.svg"),
  ]

  @Test(arguments: commands.indices) func theStreamThatIsNamed(index: Int) throws {
    let (arguments, made) = Self.commands[index]
    try withFilm { run, folder in
      func file(_ name: String, _ options: [String] = []) throws -> Data {
        let result = try run(arguments.map { $0 == "FILE" ? name : $0 } + options)
        #expect(result.exitCode == 0, "\(result.errors)")
        return try Data(contentsOf: URL(filePath: folder + "/" + made))
      }
      let first = try file("film.mkv")
      #expect(try file("film.mkv", ["--audio-stream", "1"]) == first)
      #expect(try file("stream-1.wav") == first)
      let second = try file("film.mkv", ["--audio-stream", "2"])
      #expect(try file("stream-2.wav") == second && second != first)
    }
  }

  @Test func reportsAndTags() throws {
    try withFilm { run, folder in
      let page = try run(["report", "film.mkv", "--audio-stream", "2", "-o", "x.html"] + Self.model)
      #expect(page.exitCode == 0, "\(page.errors)")
      let tags = try run(["tag", "film.mkv", "--audio-stream", "2", "--csv"] + Self.model)
      let expected = try run(["tag", "stream-2.wav", "--csv"] + Self.model)
      #expect(tags.output == expected.output.replacing("stream-2.wav", with: "film.mkv"), "\(tags.errors)")
    }
  }

  @Test(arguments: [("film.mkv", "3", 2), ("stream-1.wav", "2", 1)])
  func oneThatIsNotThere(file: String, stream: String, count: Int) throws {
    try withFilm { run, _ in
      let result = try run(["tag", file, "--audio-stream", stream] + Self.model)
      #expect(result.exitCode == 1 && result.errorLines.count == 1)
      #expect(
        result.errors.contains("\(file): there is no audio stream \(stream): the file has \(count)"),
        "\(result.errors)")
    }
  }

  @Test func streamsAreCountedFromOne() throws {
    try withFilm { run, _ in
      for number in ["0", "-1"] {
        let result = try run(["tag", "film.mkv", "--audio-stream=\(number)"] + Self.model)
        #expect(result.exitCode == 64 && result.errors.contains("counted from 1"), "\(result.errors)")
      }
    }
  }

  /// The stream is a setting of a library's records: a later run goes on with it, another one is refused.
  @Test func aSettingOfRecords() throws {
    try withFilm { run, folder in
      let annotate = ["annotate", "film.mkv", "--out", "x.jsonl", "--relative-to", "."] + Self.model
      #expect(try run(annotate + ["--audio-stream", "2"]).exitCode == 0)
      let record = try String(contentsOfFile: folder + "/x.jsonl", encoding: .utf8)
      #expect(record.contains(#""audio_stream":2"#))
      #expect(try run(annotate + ["--force"]).exitCode == 0)
      #expect(try String(contentsOfFile: folder + "/x.jsonl", encoding: .utf8) == record)
      let other = try run(annotate + ["--audio-stream", "1"])
      #expect(other.exitCode == 2 && other.errors.contains("audio stream 1 (there 2)"), "\(other.errors)")
      #expect(try run(annotate + ["--audio-stream", "1", "--replace"]).exitCode == 0)
      let replaced = try String(contentsOfFile: folder + "/x.jsonl", encoding: .utf8)
      #expect(!replaced.contains("audio_stream") && replaced != record)
    }
  }
}
