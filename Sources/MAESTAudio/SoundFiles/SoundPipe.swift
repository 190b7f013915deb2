#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Opens pipes for libsndfile.
enum SoundPipe {
  /// Opens a pipe and waits until a writer has written to it or closed it.
  ///
  /// - Returns: nil if the system cannot distinguish a pipe without a writer from a closed one (Darwin): libsndfile
  ///   then opens the pipe and waits.
  /// - Throws: `OpeningFailure`, without a message if the deadline passed.
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
