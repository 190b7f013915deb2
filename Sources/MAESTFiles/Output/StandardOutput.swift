#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#elseif canImport(Darwin)
  @preconcurrency import Darwin
#endif

/// Standard output.
package enum StandardOutput {
  /// Flushes buffered output.
  ///
  /// - Throws: ``StandardOutputError`` if this or an earlier write failed.
  package static func flush() throws(StandardOutputError) {
    guard fflush(stdout) == 0 else {
      throw StandardOutputError(reason: String(cString: strerror(errno)))
    }
    // Earlier write failures are no longer in the buffer, so the error flag is checked.
    guard ferror(stdout) == 0 else { throw StandardOutputError(reason: "an earlier write failed") }
  }
}

/// Standard output cannot be written.
package struct StandardOutputError: Error, CustomStringConvertible {
  let reason: String

  package var description: String { "cannot write the output: \(reason)" }
}
