import Foundation

/// An array in NumPy's format.
public struct NumPyArray: Sendable {
  public let shape: [Int]
  /// Row-major.
  public let elements: [Float]

  public struct FormatError: Error {
    public let name: String
    public let reason: String
  }

  /// Reads a `.npy` file.
  public init(contentsOfFile path: String) throws {
    try self.init(Data(contentsOf: URL(filePath: path)), name: path)
  }

  /// Reads little-endian float16, float32, float64, int32 or int64 in C order (format versions 1 and 2).
  public init(_ data: Data, name: String) throws {
    let header = try Header(data, name: name)
    guard let type = ElementType(rawValue: header.elementType) else {
      throw FormatError(name: name, reason: "unsupported type \(header.elementType)")
    }
    shape = header.shape
    let count = shape.reduce(1, *)
    let bytes = Data(data.dropFirst(header.byteCount))
    guard bytes.count == count * type.byteCount else {
      throw FormatError(name: name, reason: "\(bytes.count) bytes for \(count) elements of \(type)")
    }
    elements = bytes.withUnsafeBytes { bytes in (0..<count).map { type.load(bytes, $0) } }
  }

  /// The text of an array of no axes and dtype `<U`.
  public static func text(_ data: Data, name: String) throws -> String {
    let header = try Header(data, name: name)
    let bytes = Data(data.dropFirst(header.byteCount))
    guard header.elementType == "<U\(bytes.count / 4)", header.shape.isEmpty, bytes.count % 4 == 0 else {
      throw FormatError(name: name, reason: "\(header) and \(bytes.count) bytes are no text")
    }
    let values = bytes.withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) }
    return String(String.UnicodeScalarView(values.compactMap { Unicode.Scalar($0) }))
  }

  private enum ElementType: String {
    case float16 = "<f2"
    case float32 = "<f4"
    case float64 = "<f8"
    case int32 = "<i4"
    case int64 = "<i8"

    var byteCount: Int { rawValue.last?.wholeNumberValue ?? 0 }

    func load(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Float {
      let offset = byteCount * index
      return switch self {
      case .float16: half(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
      case .float32: bytes.loadUnaligned(fromByteOffset: offset, as: Float.self)
      case .float64: Float(bytes.loadUnaligned(fromByteOffset: offset, as: Double.self))
      case .int32: Float(bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
      case .int64: Float(bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
      }
    }

    private func half(_ bits: UInt16) -> Float {
      let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 0x3ff))
      let magnitude =
        exponent == 31
        ? (fraction == 0 ? .infinity : .nan)
        : exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * exp2f(Float(exponent - 25))
      return bits >> 15 == 1 ? -magnitude : magnitude
    }
  }

  private struct Header {
    let shape: [Int]
    let elementType: String
    let byteCount: Int

    init(_ data: Data, name: String) throws {
      guard data.count > 12, data.prefix(6) == Data([0x93]) + Data("NUMPY".utf8) else {
        throw FormatError(name: name, reason: "no .npy file")
      }
      let lengthSize = data[6] == 1 ? 2 : 4
      let length = (0..<lengthSize).reduce(0) { $0 | Int(data[8 + $1]) << (8 * $1) }
      byteCount = 8 + lengthSize + length
      let text = String(decoding: data[(8 + lengthSize)..<byteCount], as: UTF8.self)
      let quoted = text.split(separator: "'", omittingEmptySubsequences: false)
      guard text.contains("'fortran_order': False"), let open = text.firstIndex(of: "("),
        let close = text.firstIndex(of: ")"), quoted.count > 3, quoted[1] == "descr"
      else { throw FormatError(name: name, reason: "unsupported header \(text)") }
      elementType = String(quoted[3])
      shape = text[text.index(after: open)..<close].split(separator: ",")
        .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    }
  }
}
