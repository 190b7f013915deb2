import MAESTFrontEnd

/// A file or pipe of one or several streams in a row, each decoded by the library of its format. Read forwards in
/// constant memory, to the end of its bytes.
final class PartedFile: AudioDecoder {
  let name: String
  let formatName: String
  let expectedFrameCount: Int?
  private(set) var layout: SampleLayout

  private let path: String
  private let file: RandomAccessFile?
  private var source: ByteSource
  private var part: any StreamPart
  private var damage = PartDamage()
  private var seconds = 0.0
  private var hasEnded = false

  /// - Parameters:
  ///   - path: the file's name in errors.
  ///   - source: after the first part's beginning.
  ///   - file: nil for a pipe.
  init(path: String, _ part: any StreamPart, _ source: ByteSource, of file: RandomAccessFile?) {
    self.path = path
    self.file = file
    self.source = source
    self.part = part
    (name, formatName, layout) = (part.name, part.formatName, part.layout)
    expectedFrameCount = part.expectedFrameCount
  }

  var warnings: [AudioWarning] { damage.log.warnings }

  func read(into interleaved: inout [Float], before deadline: Deadline?) throws(AudioError) -> Int {
    source.deadline = deadline
    interleaved.removeAll(keepingCapacity: true)
    while !hasEnded {
      let isMore = part.read(into: &interleaved, damage: &damage)
      try requireReading()
      if isMore {
        layout = part.layout
        seconds += Double(interleaved.count / layout.channelCount) / Double(layout.sampleRate)
        return interleaved.count
      }
      goOn()
    }
    return 0
  }

  /// A failed read is no end of the file.
  private func requireReading() throws(AudioError) {
    guard let code = source.failure else { return }
    throw .decodingFailed(
      path: path, frameCount: Int(seconds * Double(layout.sampleRate)),
      expectedFrameCount: expectedFrameCount,
      message: SystemError(code: code).message)
  }

  /// Goes to the next part, if there is one.
  private func goOn() {
    damage.start = seconds
    if let sound = part as? SoundFile {
      // libsndfile has read the file by itself.
      if let file { source = file.source(from: sound.end) }
    }
    AudioTags.skip(source)
    if !source.isAtEnd, source.position > 0, let next = PartOpening.part(source, of: file) {
      part = next
    } else {
      hasEnded = true
      noteUnreadBytes()
    }
  }

  private func noteUnreadBytes() {
    guard !source.isAtEnd else { return }
    let start = source.position
    let count = source.length.map { $0 - start } ?? skipAll()
    damage.add(
      .unreadBytes, at: 0, seconds: nil,
      "\(count) bytes after the sound, from byte \(start) on, are neither sound nor tags")
  }

  private func skipAll() -> Int {
    let start = source.position
    while !source.isAtEnd { source.skip(1 << 20) }
    return source.position - start
  }
}
