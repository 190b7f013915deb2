import Synchronization

/// The states of the audio files of a run, with the digests of their contents.
///
/// The tracks of a CUE sheet follow each other, so the digest of their file is computed once for those that do.
final class FileStates: Sendable {
  private struct Album {
    let location: String
    let state: FileState
  }

  private let last = Mutex<Album?>(nil)

  /// The current state of a track's file; nil if it does not exist.
  func state(of track: Track) -> FileState? {
    guard track.cue != nil else { return FileState(path: track.location, hashesContents: true) }
    if let album = last.withLock({ $0 }), album.location == track.location,
      FileState(path: track.location, hashesContents: false)?.looksLike(album.state) == true
    {
      return album.state
    }
    let state = FileState(path: track.location, hashesContents: true)
    if let state { last.withLock { $0 = Album(location: track.location, state: state) } }
    return state
  }
}
