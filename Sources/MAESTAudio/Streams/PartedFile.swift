import MAESTFrontEnd

/// A file or pipe of one or several streams in a row, each decoded by the library of its format. Read forwards in
/// constant memory, to the end of its bytes.
final class PartedFile: AudioDecoder {
  let name: String
  let formatName: String
  let expectedFrameCount: Int?
  private(set) var layout: SampleLayout

  private let path: String
  private var file: RandomAccessFile?
  /// What is left of a pipe, if it cannot be read forwards.
  private var spooled: SpooledStream?
  private var source: ByteSource
  private var part: any StreamPart
  private var damage: PartDamage
  private var seconds = 0.0
  /// Where the current part begins in the file.
  private var partStart = -1
  private var hasEnded = false

  /// - Parameters:
  ///   - path: the file's name in errors.
  ///   - source: after the first part's beginning.
  ///   - file: nil for a pipe.
  ///   - damage: what is missing before the first part.
  init(
    path: String, _ part: any StreamPart, _ source: ByteSource, of file: RandomAccessFile?, damage: PartDamage
  ) {
    self.damage = damage
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
      try goOn(before: deadline)
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
  private func goOn(before deadline: Deadline?) throws(AudioError) {
    damage.start = seconds
    // libsndfile has read the file by itself.
    if let sound = part as? SoundFile, let file { source = file.source(from: sound.end) }
    AudioTags.skip(source)
    // A part that takes no byte would come again.
    let hasAdvanced = source.position > partStart
    partStart = source.position
    if !source.isAtEnd, hasAdvanced, let next = try nextPart(before: deadline) {
      part = next
    } else {
      hasEnded = true
      noteUnreadBytes()
    }
  }

  private func nextPart(before deadline: Deadline?) throws(AudioError) -> (any StreamPart)? {
    if let part = PartOpening.part(source, of: file, damage: &damage) { return part }
    // Of a pipe, what cannot be read forwards is copied.
    guard file == nil, PartOpening.isMarked(source) else { return nil }
    let copy = try SpooledStream(source, path: path, before: deadline)
    guard let copied = RandomAccessFile(copy.location) else { return nil }
    (spooled, file, source, partStart) = (copy, copied, copied.source(from: 0), -1)
    return PartOpening.part(source, of: copied, damage: &damage)
  }

  private func noteUnreadBytes() {
    // A few bytes, or equal ones, are padding.
    let count = source.look(4096)
    guard count >= 16, !(0..<count).allSatisfy({ source[$0] == source[0] }) else { return }
    let start = source.position
    let byteCount = source.length.map { $0 - start } ?? skipAll()
    damage.add(
      .unreadBytes, at: 0, seconds: nil,
      "\(byteCount) bytes after the sound, from byte \(start) on, are neither sound nor tags")
  }

  private func skipAll() -> Int {
    let start = source.position
    while !source.isAtEnd { source.skip(1 << 20) }
    return source.position - start
  }
}
