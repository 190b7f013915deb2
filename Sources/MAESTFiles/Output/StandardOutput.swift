#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#elseif canImport(Darwin)
  @preconcurrency import Darwin
#endif

/// What a program prints for others to read.
package enum StandardOutput {
  /// Writes what was printed and is still held back.
  ///
  /// - Throws: ``StandardOutputError`` where that, or anything printed before, could not be written.
  package static func flush() throws(StandardOutputError) {
    guard fflush(stdout) == 0 else {
      throw StandardOutputError(reason: String(cString: strerror(errno)))
    }
    // What failed while it was printed is no longer held back.
    guard ferror(stdout) == 0 else { throw StandardOutputError(reason: "not all of it was taken") }
  }
}

/// Standard output cannot be written.
package struct StandardOutputError: Error, CustomStringConvertible {
  let reason: String

  package var description: String { "cannot write the output: \(reason)" }
}
