#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Pipes that are read as sound.
enum SoundPipe {
  /// Opens a pipe and waits until somebody has written to it, or has closed it.
  ///
  /// - Returns: nil where the system does not tell a pipe that nobody has opened for writing yet from one that has ended
  ///   (Darwin): the library opens it, and waits.
  /// - Throws: `OpeningFailure`, without a message where the time is over.
  static func opened(_ path: String, before deadline: Deadline?) throws(OpeningFailure) -> Descriptor? {
    #if canImport(Darwin)
      return nil
    #else
      let pipe: Descriptor
      do { pipe = try Descriptor.opened(path, waiting: false) } catch {
        throw OpeningFailure(systemMessage: error.message)
      }
      while !waitForInput(of: [pipe], atMost: deadline?.remaining ?? Deadline.longest)[0] {
        if let deadline, deadline.remaining <= .zero { throw OpeningFailure(message: nil) }
      }
      pipe.letReadingWait()
      return pipe
    #endif
  }
}
