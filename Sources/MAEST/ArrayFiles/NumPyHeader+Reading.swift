import MAESTTensor
import MAESTWeights

extension NumPyHeader {
  /// The fields of an array's header.
  struct Fields: Equatable {
    /// NumPy's type name, such as "<f4"; for a structured type the whole list.
    let elementType: String
    /// Whether the first axis varies fastest (Fortran order).
    let isColumnMajor: Bool
    let shape: [Int]
    /// Size of the header in bytes, up to the first element.
    let byteCount: Int
  }

  /// Limit for the dictionary's length in bytes, NumPy's default.
  static let mostBytes = 10_000

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Whether bytes begin with the magic of NumPy's format.
  static func isStart(of bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: magic) }

  /// Reads the header of an array, format versions 1.0, 2.0 and 3.0.
  static func read(_ bytes: UnsafeRawBufferPointer) throws(NumPyFault) -> Fields {
    guard isStart(of: bytes) else { throw .wrongMagic }
    guard bytes.count > 12 else { throw .truncatedHeader(expected: 12, found: bytes.count) }
    let (major, minor) = (bytes[6], bytes[7])
    guard (1...3).contains(major), minor == 0 else { throw .unknownVersion(major: major, minor: minor) }
    // The length field has two bytes in version 1, four bytes in later versions.
    let start = major == 1 ? 10 : 12
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= mostBytes else { throw .headerLength(found: length, most: mostBytes) }
    guard bytes.count >= start + length else {
      throw .truncatedHeader(expected: start + length, found: bytes.count)
    }
    let text = bytes[start..<start + length]
    var parser = NumPyDictionary(Array(text))
    guard let fields = parser.fields() else {
      throw .malformedHeader(String(decoding: text, as: UTF8.self))
    }
    guard fields.shape.count <= mostAxes else {
      throw .tooManyAxes(count: fields.shape.count, most: mostAxes)
    }
    return Fields(
      elementType: fields.elementType, isColumnMajor: fields.isColumnMajor, shape: fields.shape,
      byteCount: start + length)
  }

  /// Parses a type name such as "<f4"; returns nil if it is not a supported number type.
  static func numberType(_ name: String) -> (type: SafeTensorsElementType, isBigEndian: Bool)? {
    let types: [Substring: SafeTensorsElementType] = [
      "b1": .bool, "u1": .unsignedInteger8, "i1": .integer8, "u2": .unsignedInteger16, "i2": .integer16,
      "u4": .unsignedInteger32, "i4": .integer32, "u8": .unsignedInteger64, "i8": .integer64,
      "f2": .float16, "f4": .float32, "f8": .float64,
    ]
    guard let order = name.first, let type = types[name.dropFirst()] else { return nil }
    guard "<>".contains(order) || order == "|" && type.byteCount == 1 else { return nil }
    return (type, order == ">")
  }
}

/// Parses the dictionary of a header, a Python literal:
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`.
private struct NumPyDictionary {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// Parses the three fields; returns nil unless each occurs exactly once and nothing else does.
  mutating func fields() -> (elementType: String, isColumnMajor: Bool, shape: [Int])? {
    var elementType: String?
    var isColumnMajor: Bool?
    var shape: [Int]?
    guard skip("{") else { return nil }
    while !skip("}") {
      guard let key = text(), skip(":") else { return nil }
      switch key {
      case "descr" where elementType == nil: elementType = text() ?? list()
      case "fortran_order" where isColumnMajor == nil:
        isColumnMajor = skip("True") ? true : skip("False") ? false : nil
      case "shape" where shape == nil: shape = tuple()
      default: return nil
      }
      if !skip(",") {
        guard skip("}") else { return nil }
        break
      }
    }
    skipSpace()
    guard rest.isEmpty, let elementType, let isColumnMajor, let shape else { return nil }
    return (elementType, isColumnMajor, shape)
  }

  private mutating func skipSpace() {
    rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
  }

  /// Skips a word and the space before it; returns false if the word does not follow.
  private mutating func skip(_ word: String) -> Bool {
    skipSpace()
    guard rest.starts(with: word.utf8) else { return false }
    rest = rest.dropFirst(word.utf8.count)
    return true
  }

  /// Parses a string without escapes.
  private mutating func text() -> String? {
    skipSpace()
    guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      return nil
    }
    let contents = rest.dropFirst().prefix { $0 != quote && $0 != UInt8(ascii: "\\") }
    guard rest.dropFirst(1 + contents.count).first == quote else { return nil }
    rest = rest.dropFirst(contents.count + 2)
    return String(decoding: contents, as: UTF8.self)
  }

  /// Returns the text of a list, which describes a structured type.
  private mutating func list() -> String? {
    skipSpace()
    let start = rest
    var depth = 0
    repeat {
      guard let byte = rest.first else { return nil }
      if byte == UInt8(ascii: "'") {
        guard text() != nil else { return nil }
        continue
      }
      if byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: "]") { depth -= 1 }
      rest = rest.dropFirst()
    } while depth > 0
    let isList = start.first == UInt8(ascii: "[")
    return isList ? String(decoding: start.prefix(start.count - rest.count), as: UTF8.self) : nil
  }

  /// Parses a tuple of integers. A single number must be followed by a comma. Python 2 wrote an L after each number.
  private mutating func tuple() -> [Int]? {
    guard skip("(") else { return nil }
    var numbers: [Int] = []
    var endsWithComma = true
    while !skip(")") {
      guard endsWithComma else { return nil }
      skipSpace()
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
      rest = rest.dropFirst(digits.count)
      _ = skip("L")
      numbers.append(number)
      endsWithComma = skip(",")
    }
    return numbers.count == 1 && !endsWithComma ? nil : numbers
  }
}
