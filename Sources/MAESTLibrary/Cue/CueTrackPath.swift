/// Paths of the tracks of CUE sheets: `album.flac#02`.
enum CueTrackPath {
  /// The path of a track.
  ///
  /// - Parameters:
  ///   - number: the number in the sheet.
  ///   - file: path of the audio file.
  static func path(ofTrack number: Int, in file: String) -> String {
    file + "#" + (number < 10 ? "0" : "") + "\(number)"
  }

  /// The path of the audio file of a track: the path itself, unless it is that of a track of a sheet.
  static func file(ofTrack path: String) -> String {
    guard let mark = path.lastIndex(of: "#") else { return path }
    let digits = path[path.index(after: mark)...]
    let file = String(path[..<mark])
    guard digits.count >= 2, digits.allSatisfy({ ("0"..."9").contains($0) }), AudioFileNames.isAudio(file)
    else {
      return path
    }
    return file
  }
}
