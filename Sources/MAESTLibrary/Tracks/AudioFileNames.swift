/// Recognizes audio files by their extensions.
enum AudioFileNames {
  /// Extensions of files that the decoders may be able to read.
  private static let extensions: Set<String> = [
    "aac", "ac3", "adts", "aif", "aifc", "aiff", "alac", "amr", "ape", "asf", "au", "caf", "dsf", "flac",
    "m4a", "m4b", "m4r", "mka", "mp1", "mp2", "mp3", "mp4", "mpc", "mpga", "oga", "ogg", "opus", "rf64",
    "snd", "spx", "tta", "w64", "wav", "wave", "webm", "wma", "wv",
  ]

  static func isAudio(_ name: String) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    return extensions.contains(name[name.index(after: dot)...].lowercased())
  }
}
