public import MAESTWeights

/// Why a file of arrays, or one of its arrays, cannot be read.
public enum ArrayReadError: Error, Equatable {
  /// The file could not be opened or mapped.
  case unreadable(path: String, reason: String)
  /// The file begins as none of the formats do.
  case unknownFormat(path: String)
  /// The file is no array in NumPy's format, or in `.npz` the entry `entry` is none.
  case numPy(path: String, entry: String?, NumPyFault)
  /// The `.npz` file is no zip archive of uncompressed entries.
  case zip(path: String, ZipFault)
  /// The safetensors file is not valid.
  case safeTensors(WeightError)
  /// The JSON is not that of a file of arrays.
  case json(path: String, reason: String)
  /// The metadata are not what the caller takes them for.
  case metadata(path: String, reason: String)
  /// There is no array of this name.
  case noSuchArray(path: String, name: String, names: [String])
  /// The array's elements are no numbers of a type that is read.
  case unsupportedType(path: String, name: String, found: String)
  /// The bytes of an array in `.npz` are not those that were written.
  case wrongChecksum(path: String, name: String, found: UInt32, expected: UInt32)
}

/// What is wrong with an array in NumPy's format.
public enum NumPyFault: Error, Equatable {
  /// It does not begin with the format's six bytes.
  case wrongMagic
  /// A format version other than 1.0, 2.0 and 3.0.
  case unknownVersion(major: UInt8, minor: UInt8)
  /// It ends within the header; so many bytes are expected at least.
  case truncatedHeader(expected: Int, found: Int)
  /// The header claims to be longer than headers are.
  case headerLength(found: Int, most: Int)
  /// The header is not the dictionary that it should be.
  case malformedHeader(String)
  case tooManyAxes(count: Int, most: Int)
  /// The elements' bytes are not as many as shape and type need; nil: more than can be addressed.
  case wrongByteCount(shape: [Int], elementType: String, found: Int, expected: Int?)
  /// A name in `.npz` that does not end in ".npy".
  case notAnArray
}

/// What is wrong with a zip archive.
public enum ZipFault: Error, Equatable {
  /// The record that ends every archive is not there: truncated, or no archive.
  case noEndRecord
  /// The 64-bit form of the end is not where the archive says.
  case wrongLargeEnd(offset: UInt64, locator: Int)
  /// A part of an archive that is spread over several files.
  case severalDisks
  /// The directory does not end where the archive's end begins.
  case misplacedDirectory(offset: UInt64, byteCount: UInt64, end: Int)
  /// An entry of the directory is cut off, or its name is no text.
  case malformedEntry(index: Int)
  case wrongEntryCount(found: Int, expected: UInt64)
  case duplicateName(String)
  case encrypted(String)
  /// The entry is compressed; 8 is deflate.
  case compressed(String, method: Int)
  /// An uncompressed entry whose stored size is not its size.
  case wrongStoredSize(String, found: UInt64, expected: UInt64)
  /// The entry does not lie before the directory, which starts at `limit`.
  case outOfRange(String, offset: UInt64, byteCount: UInt64, limit: Int)
  /// The entry's own header is missing or does not say what the directory says.
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

  /// Text out of a file, short and on one line.
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
