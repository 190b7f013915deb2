import ArgumentParser
import Foundation
import MAEST
import MAESTLibrary

/// Options for how a run processes a library.
struct AnnotateRunOptions: ParsableArguments {
  @Option(help: "Tracks decoded at once. Default: the threads.")
  var jobs: Int?

  @Flag(
    help: """
      Decode each file in a process of its own, so that one that crashes a decoder fails alone. What ffmpeg decodes \
      always is.
      """)
  var isolate = false

  @Option(
    help: """
      Seconds that decoding one file may take. 0: no limit. the decoders are asked between chunks only, unless --isolate.
      """)
  var decodeLimit: Double = 600

  @Flag(
    help: """
      Compare the contents of all files with what is recorded, by their SHA-256. Default: only of files whose time of \
      change differs.
      """)
  var checksum = false

  @Option(
    help: """
      Folder that paths in records are relative to, and relative paths in lists. Default: records have absolute paths.
      """,
    completion: .directory)
  var relativeTo: String?

  @Option(
    help: "One part of the library: 0/8 to 7/8. A track is always in the same part.",
    transform: AnnotateRunOptions.shard)
  var shard: Shard?

  @Flag(
    help: """
      Make a record of each track of albums that have a CUE sheet, beside them (album.cue, album.flac.cue, or one that \
      names the file) or inside (FLAC): album.flac#01, album.flac#02...
      """)
  var cue = false

  @Flag(help: "Print what would be done, and why; write nothing.")
  var dryRun = false

  @Flag(help: "Make all records again, by the settings that are there.")
  var force = false

  @Flag(help: "Compute what is asked for beside what the records have: another embedding or head, tags.")
  var add = false

  @Flag(help: "Make records of other settings again, by those asked for.")
  var replace = false

  @Flag(help: "Remove the records of tracks that are no longer in the folders.")
  var prune = false

  @Flag(help: "Try tracks again that failed.")
  var retryFailed = false

  @Flag(help: "Make the records of tracks again of which sound is missing.")
  var retryPartial = false

  @Option(
    help: """
      What is shown on standard error: auto (a bar on a terminal, else lines), bar, lines, json (the lines that begin \
      with {; decoders may print notes of their own) or none.
      """)
  var progress: ProgressStyle = .auto

  enum ProgressStyle: String, CaseIterable, ExpressibleByArgument {
    case auto, bar, lines, json, none
  }

  func validate() throws {
    if add && replace { throw ValidationError("--add and --replace: choose one") }
    let allowed = Annotator.jobCounts
    if let jobs, !allowed.contains(jobs) {
      throw ValidationError("--jobs \(jobs): from \(allowed.lowerBound) to \(allowed.upperBound)")
    }
    // At most one year, since not every `Double` can be converted to a `Duration`.
    if !(0...31_536_000).contains(decodeLimit) {
      throw ValidationError("--decode-limit \(decodeLimit): seconds up to 31536000, or 0 for no limit")
    }
  }

  private static func shard(_ text: String) throws -> Shard {
    guard let shard = Shard(text) else {
      throw ValidationError("'\(text)' is no part: expected I/N, from 0/N to N-1/N")
    }
    return shard
  }

  var repetition: AnnotationPlan.Repetition {
    var repetition: AnnotationPlan.Repetition = []
    if force { repetition.insert(.all) }
    if retryFailed { repetition.insert(.failed) }
    if retryPartial { repetition.insert(.partial) }
    if replace { repetition.insert(.otherSettings) }
    return repetition
  }

  var existingRecords: ExistingRecords { add ? .extended : replace ? .replaced : .kept }

  var loader: AudioLoader {
    AudioLoader(
      decodingTimeLimit: decodeLimit == 0 ? nil : .seconds(decodeLimit),
      isolation: isolate ? .thisProgram(arguments: ["decode-helper"]) : nil)
  }
}
