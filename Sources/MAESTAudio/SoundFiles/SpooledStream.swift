import MAESTFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A pipe's bytes in a temporary file, for formats that cannot be read forwards only.
final class SpooledStream {
  /// Where other readers find the bytes, also programs started by this one.
  let location: String

  private let descriptor: Int32

  /// Copies all bytes of a source, from the first one on.
  ///
  /// - Parameters:
  ///   - source: nothing of it was skipped.
  ///   - path: its name, for errors.
  /// - Throws: `AudioError.spoolingFailed`, `.decodingTookTooLong`.
  init(_ source: ByteSource, path: String, before deadline: Deadline?) throws(AudioError) {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/maest-audio-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw .spoolingFailed(path: path, message: SystemError(code: errno).message)
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    #if canImport(Darwin)
      location = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #else
      // The file has no name any more, so it is gone with this process, however that ends.
      unlink(template)
      location = "/proc/\(getpid())/fd/\(descriptor)"
    #endif
    source.deadline = deadline
    while source.look(1 << 16) > 0 {
      try write(source.bytes(1 << 16), path: path)
      source.skip(1 << 16)
    }
    if let deadline, deadline.remaining <= .zero {
      throw .decodingTookTooLong(path: path, frameCount: 0, limit: deadline.limit)
    }
    if let code = source.failure {
      throw .spoolingFailed(path: path, message: SystemError(code: code).message)
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    #if canImport(Darwin)
      unlink(location)
    #endif
  }

  private func write(_ bytes: ArraySlice<UInt8>, path: String) throws(AudioError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(descriptor, $0) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .spoolingFailed(path: path, message: SystemError(code: errno).message) }
      rest = rest.dropFirst(count)
    }
  }
}
