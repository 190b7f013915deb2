#if canImport(Darwin)
  import MachO.dyld
#endif

/// The program that decodes in a process of its own what libsndfile would decode in this one: a file that crashes
/// the library or makes it hang then is an error like any other, and what it allocates is not this process's.
///
/// The program is started for each file, with the file's path as its last argument, and has to do what
/// `DecodingHelper.run` does. The samples and errors are those without isolation.
public struct DecoderIsolation: Sendable, Hashable {
  /// The program's path.
  public var program: String

  /// Its arguments before the path of the audio file.
  public var arguments: [String]

  public init(program: String, arguments: [String]) {
    self.program = program
    self.arguments = arguments
  }

  /// The program that is running, started once more; it stays the same while its file is replaced (on Linux).
  ///
  /// - Parameter arguments: those with which it calls `DecodingHelper.run`, as `maest` does with `decode-helper`.
  /// - Returns: nil where the system does not tell which program is running.
  public static func thisProgram(arguments: [String]) -> DecoderIsolation? {
    #if canImport(Darwin)
      var length: UInt32 = 0
      _ = _NSGetExecutablePath(nil, &length)
      var path = [CChar](repeating: 0, count: Int(length) + 1)
      guard _NSGetExecutablePath(&path, &length) == 0 else { return nil }
      let bytes = path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      return DecoderIsolation(program: String(decoding: bytes, as: UTF8.self), arguments: arguments)
    #else
      return DecoderIsolation(program: "/proc/self/exe", arguments: arguments)
    #endif
  }
}
