import MAESTFiles

/// Splits audio files into the tracks of their CUE sheets.
///
/// The sheet of `album.flac` is `album.cue` or `album.flac.cue` beside it, else a sheet in its folder that names it, else
/// the comment `CUESHEET` inside it. Its tracks are called `album.flac#01`, `album.flac#02`...: the number is that in the
/// sheet.
package struct CueSplitter {
  private var finder = CueSheetFinder()

  package init() {}

  /// The tracks of an audio file; the file itself if it has no sheet. A sheet or a track that cannot be used gives a
  /// track that fails.
  ///
  /// - Parameter file: the audio file.
  package mutating func tracks(of file: Track) -> [Track] {
    do throws(CueSheetError) {
      guard let sheet = try finder.sheet(ofFileAt: file.location) else { return [file] }
      let own = try Self.part(of: sheet, for: file)
      return try Self.tracks(own, of: file, sheet) + Self.missingTracks(sheet, of: file, own: own)
    } catch {
      return [Track(path: file.path, location: file.location, problem: error)]
    }
  }

  /// The part of a sheet that is of the file: the one that names it, or the only one.
  private static func part(of sheet: CueSheet, for file: Track) throws(CueSheetError) -> CueSheet.File {
    let name = CueSheetFinder.name(file.location)
    guard let first = sheet.files.first else { throw .noTracks(sheet: sheet.path) }
    let named =
      sheet.files.first { $0.name == name } ?? sheet.files.first { CueSheetFinder.isSame($0.name, name) }
    if let named { return named }
    guard sheet.files.count == 1 else {
      throw .otherFiles(sheet: sheet.path, names: sheet.files.map(\.name))
    }
    return first
  }

  private static func tracks(
    _ part: CueSheet.File, of file: Track, _ sheet: CueSheet
  ) throws(CueSheetError) -> [Track] {
    try part.tracks(sheet: sheet.path, performer: sheet.performer).map { number, track in
      let path = CueTrackPath.path(ofTrack: number, in: file.path)
      switch track {
      case .success(let cue): return Track(path: path, location: file.location, cue: cue)
      case .failure(let error): return Track(path: path, location: file.location, problem: error)
      }
    }
  }

  /// The tracks of files that a sheet of several files names and that do not exist. They are given once: together with
  /// the first file of the sheet that exists.
  private static func missingTracks(
    _ sheet: CueSheet, of file: Track, own: CueSheet.File
  ) throws(CueSheetError) -> [Track] {
    guard sheet.files.count > 1 else { return [] }
    let folders = (path: Folders.parent(of: file.path), location: Folders.parent(of: file.location))
    let files = sheet.files.map { part in
      (part: part, location: PathText.join(folders.location, part.name))
    }
    let first = files.first { $0.part.name == own.name || !RecordedFile.isMissing(at: $0.location) }
    guard first?.part.name == own.name else { return [] }
    var tracks: [Track] = []
    for (part, location) in files
    where part.name != own.name && !part.name.isEmpty && RecordedFile.isMissing(at: location) {
      let path = folders.path == "." ? part.name : PathText.join(folders.path, part.name)
      tracks += try Self.tracks(part, of: Track(path: path, location: location), sheet)
    }
    return tracks
  }
}

extension TrackSearch.Result {
  /// Replaces audio files by the tracks of their CUE sheets. The sheet of `album.flac` is `album.cue` or `album.flac.cue`
  /// beside it, else a sheet in its folder that names it, else the comment `CUESHEET` inside it. A sheet or a track that
  /// cannot be used gives a track with a ``Track/problem``.
  public mutating func splitByCueSheets() {
    var splitter = CueSplitter()
    var known: Set<TrackKey> = []
    tracks = tracks.flatMap { splitter.tracks(of: $0) }.filter { known.insert(TrackKey($0.path)).inserted }
    tracks.sort { TrackKey($0.path) < TrackKey($1.path) }
  }
}
