import ArgumentParser
import Foundation
import MAEST
import MAESTFiles
import MAESTLibrary
import MAESTWeights

/// The audio files given on a command line, in the order given; files of a folder or pattern are sorted by path.
struct AudioFiles {
  /// One audio file.
  struct Item {
    /// Name in messages and results.
    let name: String
    /// Path to read.
    let path: String
    /// Path of its output files relative to the output folder, without extension.
    let stem: String
    /// The error if there is no file to read.
    let failure: (any Error)?
  }

  private(set) var items: [Item] = []
  /// UTF-8 paths of the files given by name, and of those found in folders.
  private var named: Set<[UInt8]> = []
  private var found: Set<[UInt8]> = []

  /// - Parameter words: files; folders, which are searched recursively; patterns, unless a file has that name; - for
  ///   standard input.
  init(_ words: [String]) {
    for word in words {
      if word == "-" {
        items.append(Item(name: word, path: "/dev/stdin", stem: "stdin", failure: nil))
      } else if Folders.isFolder(word) || Self.isPattern(word) {
        search(word)
      } else {
        add(file: word, below: nil)
      }
    }
  }

  /// The path to read, for a command that takes one file.
  static func path(of word: String) -> String { word == "-" ? "/dev/stdin" : word }

  private mutating func search(_ word: String) {
    do throws(TrackSearchError) {
      let found = try TrackSearch([.path(word)]).run()
      if found.tracks.isEmpty, found.unreadable.isEmpty { fail(word, NoAudioFiles(path: word)) }
      for error in found.unreadable { fail(word, error) }
      let isDotted = word.hasPrefix("./")
      for track in found.tracks {
        add(file: isDotted ? track.location : Self.undotted(track.location), below: Self.base(of: word))
      }
    } catch {
      fail(word, error)
    }
  }

  /// - Parameter folder: the stem is the path relative to this folder; nil for the file's name alone.
  private mutating func add(file: String, below folder: String?) {
    let name = NSString(string: file).lastPathComponent
    let rest = folder.flatMap { file.hasPrefix($0) ? String(file.dropFirst($0.count)) : nil }
    let stem = NSString(string: String((rest ?? name).drop { $0 == "/" })).deletingPathExtension
    let place = Array(URL(filePath: file).standardizedFileURL.path.utf8)
    // Keep files that are given by name twice; take each file found in folders once.
    guard !found.contains(place), folder == nil || !named.contains(place) else { return }
    if folder == nil { named.insert(place) } else { found.insert(place) }
    items.append(Item(name: file, path: file, stem: stem, failure: nil))
  }

  private mutating func fail(_ word: String, _ error: any Error) {
    items.append(Item(name: word, path: word, stem: "", failure: error))
  }

  private static func isPattern(_ word: String) -> Bool {
    PathPattern.isPattern(word) && !PathCalls.exists(word)
  }

  /// Removes the "./" that a search puts before relative paths.
  private static func undotted(_ path: String) -> String {
    path.hasPrefix("./") ? String(path.dropFirst(2)) : path
  }

  /// The folder itself, or the path components before the first wildcard of a pattern.
  private static func base(of word: String) -> String {
    guard isPattern(word) else { return word }
    let parts = word.split(separator: "/", omittingEmptySubsequences: false)
    return parts.prefix { !PathPattern.isPattern(String($0)) }.joined(separator: "/")
  }
}

/// The error for a folder without audio files.
struct NoAudioFiles: Error, CustomStringConvertible {
  let path: String
  var description: String { "\(path): there are no audio files in this folder" }
}

/// Arguments for the audio files of a command, and the options for decoding them.
struct AudioFileArguments: ParsableArguments {
  @Argument(
    help: """
      Audio files: wav, aiff, flac, ogg, opus, mp3; m4a, wma, video and others where ffmpeg is installed; folders \
      (all audio files in them), quoted patterns ('music/**/*.flac'); - for standard input.
      """,
    completion: .file())
  var files: [String]

  @OptionGroup var decodingOptions: DecodingOptions

  /// Searches for the files.
  func search() -> AudioFiles { AudioFiles(files) }
}
