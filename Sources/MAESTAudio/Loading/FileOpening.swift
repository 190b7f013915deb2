import MAESTFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Opens audio files with the library of their format, in this process and without ffmpeg.
enum FileOpening {
  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file's name in errors.
  ///   - location: where its bytes are.
  /// - Throws: `AudioError.fileNotFound`, `.isFolder`, `.emptyFile`, `.undecodableFile`, `.encodedAsPCM`.
  static func open(_ path: String, at location: String) throws(AudioError) -> any AudioDecoder {
    guard let file = RandomAccessFile(location) else { throw cannotOpen(path, location) }
    if let opened = stream(path, file, isSearched: hasMPEGName(path)) { return opened }
    let part: SoundFile
    do throws(OpeningFailure) {
      // libsndfile takes the name of an mp3 for its format.
      part = try SoundFile(location: hasMPEGName(path) ? nil : location, file, from: 0)
    } catch {
      // Bytes of no known format may still have sound behind them.
      guard let opened = stream(path, file, isSearched: true) else {
        throw .undecodableFile(path: path, message: error.message ?? "it cannot be opened")
      }
      return opened
    }
    if let encoding = part.otherEncoding { throw .encodedAsPCM(path: path, encoding: encoding) }
    return PartedFile(path: path, part, file.source(from: 0), of: file, damage: PartDamage())
  }

  /// Opens a file of a format that is read forwards; nil if it has none of them.
  private static func stream(_ path: String, _ file: RandomAccessFile, isSearched: Bool) -> PartedFile? {
    let source = file.source(from: 0)
    var damage = PartDamage()
    let part = PartOpening.firstPart(
      source, of: file, isSearched: isSearched, isNamed: hasMPEGName(path), damage: &damage)
    return part.map { PartedFile(path: path, $0, source, of: file, damage: damage) }
  }

  /// Opens a pipe or device.
  ///
  /// - Returns: a decoder if its format can be read forwards, else all bytes in a temporary file.
  /// - Throws: `AudioError.undecodableFile`, `.emptyFile`, `.decodingTookTooLong`, `.spoolingFailed`.
  static func openPipe(
    _ path: String, before deadline: Deadline?, streams: Bool
  ) throws(AudioError) -> (stream: PartedFile?, spooled: SpooledStream?) {
    let descriptor: Descriptor
    do { descriptor = try Descriptor.opened(path, waiting: !canPoll) } catch {
      throw .undecodableFile(path: path, message: "System error : \(error.message).")
    }
    let source = ByteSource(descriptor, length: nil)
    source.deadline = deadline
    if canPoll {
      // Waits for a writer and its first byte, or until it has closed the pipe.
      while !waitForInput(of: [descriptor], atMost: deadline?.remaining ?? Deadline.longest)[0] {
        if let deadline, deadline.remaining <= .zero {
          throw .decodingTookTooLong(path: path, frameCount: 0, limit: deadline.limit)
        }
      }
      descriptor.letReadingWait()
    }
    if source.isAtEnd {
      if let deadline, deadline.remaining <= .zero {
        throw .decodingTookTooLong(path: path, frameCount: 0, limit: deadline.limit)
      }
      throw .emptyFile(path: path)
    }
    var damage = PartDamage()
    if streams,
      let part = PartOpening.firstPart(
        source, of: nil, isSearched: true, isNamed: false, damage: &damage)
    {
      return (PartedFile(path: path, part, source, of: nil, damage: damage), nil)
    }
    guard !FileFacts.isEndless(path) else {
      throw .undecodableFile(path: path, message: "it is a device, and no sound")
    }
    return (nil, try SpooledStream(source, path: path, before: deadline))
  }

  /// Whether the system tells a pipe without a writer from a closed one.
  private static var canPoll: Bool {
    #if canImport(Darwin)
      false
    #else
      true
    #endif
  }

  private static func hasMPEGName(_ path: String) -> Bool {
    [".mp3", ".mp2", ".mp1", ".mpga", ".mpa"].contains { path.lowercased().hasSuffix($0) }
  }

  /// Why the system cannot open a file, worded as libsndfile does.
  private static func cannotOpen(_ path: String, _ location: String) -> AudioError {
    do {
      _ = try Descriptor.opened(location, waiting: false)
      return .undecodableFile(path: path, message: "it cannot be read")
    } catch {
      return .undecodableFile(path: path, message: "System error : \(error.message).")
    }
  }
}
