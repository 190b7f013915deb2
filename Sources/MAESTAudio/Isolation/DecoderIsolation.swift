#if canImport(Darwin)
  import MachO.dyld
#endif

/// Runs the decoding libraries in a helper process. If a file crashes one or makes it hang, this is then an ordinary error,
/// and the memory that they allocate belongs to the helper.
///
/// The program is started once for each file, with the file's path as its last argument, and must call
/// `DecodingHelper.run`. Samples and errors are the same as without isolation.
public struct DecoderIsolation: Sendable, Hashable {
  /// The program's path.
  public var program: String

  /// The program's arguments before the path of the audio file.
  public var arguments: [String]

  public init(program: String, arguments: [String]) {
    self.program = program
    self.arguments = arguments
  }

  /// Uses the running program itself as the helper. On Linux this works even if the program's file has been replaced
  /// since it was started.
  ///
  /// - Parameter arguments: the arguments that make the program call `DecodingHelper.run`, such as `decode-helper` for
  ///   `maest`.
  /// - Returns: nil if the system does not report which program is running.
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
