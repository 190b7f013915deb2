public import MAESTWeights

/// Errors of reading a file of arrays.
public enum ArrayReadError: Error, Equatable {
  /// The file could not be opened or mapped.
  case unreadable(path: String, reason: String)
  /// The file's first bytes match none of the formats.
  case unknownFormat(path: String)
  /// The file, or the entry `entry` of an `.npz` file, is not a valid array in NumPy's format.
  case numPy(path: String, entry: String?, NumPyFault)
  /// The `.npz` file is not a valid zip archive of uncompressed entries.
  case zip(path: String, ZipFault)
  /// The safetensors file is not valid.
  case safeTensors(WeightError)
  /// The JSON does not have the form of a file of arrays.
  case json(path: String, reason: String)
  /// The metadata cannot be decoded as the requested type.
  case metadata(path: String, reason: String)
  /// There is no array of this name.
  case noSuchArray(path: String, name: String, names: [String])
  /// The array's element type is not supported.
  case unsupportedType(path: String, name: String, found: String)
  /// The checksum of an array in `.npz` does not match: the bytes have changed.
  case wrongChecksum(path: String, name: String, found: UInt32, expected: UInt32)
}

/// Errors of an array in NumPy's format.
public enum NumPyFault: Error, Equatable {
  /// The data does not begin with the format's six magic bytes.
  case wrongMagic
  /// The format version is not 1.0, 2.0 or 3.0.
  case unknownVersion(major: UInt8, minor: UInt8)
  /// The data ends within the header; `expected` is the minimum number of bytes.
  case truncatedHeader(expected: Int, found: Int)
  /// The header's length exceeds the limit.
  case headerLength(found: Int, most: Int)
  /// The header is not the expected dictionary.
  case malformedHeader(String)
  case tooManyAxes(count: Int, most: Int)
  /// The number of bytes does not match shape and type; `expected` is nil if it exceeds the address space.
  case wrongByteCount(shape: [Int], elementType: String, found: Int, expected: Int?)
  /// The name of an entry in `.npz` does not end in ".npy".
  case notAnArray
}

/// Errors of a zip archive.
public enum ZipFault: Error, Equatable {
  /// The end-of-archive record is missing: the file is truncated or not an archive.
  case noEndRecord
  /// The 64-bit end record is not at the offset that its locator gives.
  case wrongLargeEnd(offset: UInt64, locator: Int)
  /// The file is one part of an archive that spans several files.
  case severalDisks
  /// The directory does not end where the end record begins.
  case misplacedDirectory(offset: UInt64, byteCount: UInt64, end: Int)
  /// A directory entry is truncated, or its name is not valid UTF-8.
  case malformedEntry(index: Int)
  case wrongEntryCount(found: Int, expected: UInt64)
  case duplicateName(String)
  case encrypted(String)
  /// The entry is compressed; method 8 is deflate.
  case compressed(String, method: Int)
  /// The entry is uncompressed, but its stored size differs from its size.
  case wrongStoredSize(String, found: UInt64, expected: UInt64)
  /// The entry extends beyond the start of the directory, `limit`.
  case outOfRange(String, offset: UInt64, byteCount: UInt64, limit: Int)
  /// The entry's local header is missing or contradicts the directory.
  case wrongLocalHeader(String, offset: Int)
  case overlappingEntries(String, String)
}

extension ArrayReadError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): cannot read arrays: \(reason)"
    case .unknownFormat(let path):
      "\(path): not a file of arrays by its contents: expected .npy, .npz, .safetensors or .json"
    case .numPy(let path, let entry, let fault):
      "\(path): \(entry.map { "'\(Self.printable($0))': " } ?? "")\(fault)"
    case .zip(let path, let fault): "\(path): \(fault)"
    case .safeTensors(let error): "\(error)"
    case .json(let path, let reason): "\(path): not the JSON of arrays: \(reason)"
    case .metadata(let path, let reason): "\(path): unexpected metadata: \(reason)"
    case .noSuchArray(let path, let name, let names):
      "\(path): no array '\(Self.printable(name))'; there are "
        + names.prefix(20).map(Self.printable).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
    case .unsupportedType(let path, let name, let found):
      "\(path): array '\(Self.printable(name))' has elements of type \(Self.printable(found)); expected booleans, "
        + "integers, or numbers of 16, 32 or 64 bits"
    case .wrongChecksum(let path, let name, let found, let expected):
      "\(path): array '\(Self.printable(name))' is damaged: its CRC-32 is \(Self.hexadecimal(found)), expected "
        + Self.hexadecimal(expected)
    }
  }

  /// Text from a file, shortened and escaped to one line.
  fileprivate static func printable(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return scalars.prefix(120).map { $0.escaped(asASCII: false) }.joined() + (scalars.count > 120 ? "…" : "")
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension NumPyFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongMagic: "not an array in NumPy's format"
    case .unknownVersion(let major, let minor):
      "format version \(major).\(minor) of NumPy; expected 1.0, 2.0 or 3.0"
    case .truncatedHeader(let expected, let found):
      "truncated: \(found) bytes, the header needs \(expected)"
    case .headerLength(let found, let most): "a header of \(found) bytes; expected at most \(most)"
    case .malformedHeader(let text):
      "malformed header \(ArrayReadError.printable(text)); expected a dictionary of descr, fortran_order and shape"
    case .tooManyAxes(let count, let most): "\(count) axes; expected at most \(most)"
    case .wrongByteCount(let shape, let elementType, let found, let expected):
      "truncated or damaged: \(found) bytes of elements; shape \(shape) of \(elementType) needs "
        + (expected.map(String.init) ?? "more than can be addressed")
    case .notAnArray: "not an array by its name; expected .npy"
    }
  }
}

extension ZipFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noEndRecord: "truncated: the record that ends a zip archive is missing"
    case .wrongLargeEnd(let offset, let locator):
      "the zip archive's 64-bit end record should be at byte \(offset), right before byte \(locator)"
    case .severalDisks: "a part of a zip archive in several files"
    case .misplacedDirectory(let offset, let byteCount, let end):
      "the zip directory has \(byteCount) bytes at byte \(offset); it should end at byte \(end)"
    case .malformedEntry(let index): "entry \(index) of the zip directory is malformed"
    case .wrongEntryCount(let found, let expected):
      "the zip directory has \(found) entries; expected \(expected)"
    case .duplicateName(let name): "two entries are named '\(ArrayReadError.printable(name))'"
    case .encrypted(let name): "'\(ArrayReadError.printable(name))' is encrypted"
    case .compressed(let name, let method):
      "'\(ArrayReadError.printable(name))' is compressed (method \(method)); expected entries as numpy.savez writes "
        + "them, not numpy.savez_compressed"
    case .wrongStoredSize(let name, let found, let expected):
      "'\(ArrayReadError.printable(name))' takes \(found) bytes, but is \(expected) bytes long"
    case .outOfRange(let name, let offset, let byteCount, let limit):
      "'\(ArrayReadError.printable(name))' has \(byteCount) bytes from a header at byte \(offset) on; they should end "
        + "before byte \(limit)"
    case .wrongLocalHeader(let name, let offset):
      "the header of '\(ArrayReadError.printable(name))' at byte \(offset) is not what the zip directory says"
    case .overlappingEntries(let first, let second):
      "'\(ArrayReadError.printable(first))' and '\(ArrayReadError.printable(second))' overlap"
    }
  }
}
