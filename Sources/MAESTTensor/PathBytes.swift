/// File paths as text. On Linux a name is any bytes, on macOS it is UTF-8.
///
/// A byte `0xNN` that is not part of valid UTF-8 is written as the character `U+EFNN`, of the private use area. So that
/// every name comes back, the bytes of these characters themselves are written that way too. Names in UTF-8 without
/// such characters, which are all ordinary ones, are written as they are.
///
/// Source: the encoding OPTU-8/16 of MirBSD, which has the same characters for the same bytes.
public enum PathBytes {
  /// Returns the text of a path.
  public static func text(_ bytes: some Sequence<UInt8>) -> String {
    let bytes = Array(bytes)
    if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: isByte) {
      return text
    }
    var scalars = String.UnicodeScalarView()
    var rest = bytes[...]
    while let first = rest.first {
      let character = character(at: rest)
      if let character, !isByte(character) {
        scalars.append(character)
        rest = rest.dropFirst(UTF8.width(character))
      } else {
        scalars.append(Unicode.Scalar(UInt16(0xEF00) | UInt16(first)) ?? "\u{FFFD}")
        rest = rest.dropFirst()
      }
    }
    return String(scalars)
  }

  /// Returns the text of a path that a system call has written, up to its terminating zero.
  package static func text(ofTerminated path: UnsafePointer<CChar>) -> String {
    var count = 0
    while path[count] != 0 { count += 1 }
    return text(UnsafeBufferPointer(start: path, count: count).map { UInt8(bitPattern: $0) })
  }

  /// Returns the bytes of a path, without a terminating zero.
  public static func bytes(_ text: String) -> [UInt8] {
    guard text.unicodeScalars.contains(where: isByte) else { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { isByte($0) ? [UInt8($0.value & 0xFF)] : Array(String($0).utf8) }
  }

  /// Calls `body` with the bytes of a path and a terminating zero, for system calls.
  package static func withPath<Result>(_ text: String, _ body: (UnsafePointer<CChar>) throws -> Result)
    rethrows
    -> Result
  {
    let bytes = bytes(text).map { CChar(bitPattern: $0) } + [0]
    return try bytes.withUnsafeBufferPointer { pointer in
      guard let start = pointer.baseAddress else { preconditionFailure("no bytes, not even the zero") }
      return try body(start)
    }
  }

  /// Whether the character stands for a byte.
  private static func isByte(_ character: Unicode.Scalar) -> Bool {
    (0xEF80...0xEFFF).contains(character.value)
  }

  /// The character that the bytes begin with; nil if they do not begin with valid UTF-8.
  private static func character(at bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
    for width in 1...4 where width <= bytes.count {
      if let text = String(validating: bytes.prefix(width), as: UTF8.self) {
        return text.unicodeScalars.first
      }
    }
    return nil
  }
}
