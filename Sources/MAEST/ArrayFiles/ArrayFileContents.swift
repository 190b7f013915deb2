import Foundation
import MAESTTensor
import MAESTWeights

/// The arrays and metadata of a file, as described by its headers.
struct ArrayFileContents: Sendable {
  enum Metadata: Sendable {
    case none
    /// JSON text.
    case text(String)
    /// Part of the file's JSON object.
    case besideArrays
  }

  private(set) var arrays: [StoredArray] = []
  private(set) var metadata = Metadata.none

  /// Size limit of a safetensors header in bytes. The metadata takes about 60 bytes per patch.
  private static let safeTensorsHeaderLimit = 16 << 20

  /// Detects the format from the first bytes; returns nil if it is unknown.
  static func format(of file: MappedFile) -> ArrayFileFormat? {
    file.withUnsafeBytes { bytes in
      let openingBrace = UInt8(ascii: "{")
      if NumPyHeader.isStart(of: bytes) { return .npy }
      if bytes.starts(with: "PK".utf8) { return .npz }
      // The first eight bytes are the header's length; in a text file they would encode a length beyond any file size.
      if bytes.count > 8, bytes[8] == openingBrace, bytes[6] == 0, bytes[7] == 0 { return .safetensors }
      let isSpace = { (byte: UInt8) in " \t\r\n".utf8.contains(byte) }
      return bytes.first { !isSpace($0) } == openingBrace ? .json : nil
    }
  }

  init(_ file: MappedFile, _ format: ArrayFileFormat, path: String) throws(ArrayReadError) {
    switch format {
    case .npy: try readNumPyFile(file, path: path)
    case .npz: try readNumPyArchive(file, path: path)
    case .safetensors: try readSafeTensors(file, path: path)
    case .json: try readJSON(file, path: path)
    }
  }

  // MARK: - NumPy

  private mutating func readNumPyFile(_ file: MappedFile, path: String) throws(ArrayReadError) {
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    do throws(NumPyFault) {
      arrays = [try Self.numPyArray(file, 0..<file.byteCount, name: name)]
    } catch {
      throw .numPy(path: path, entry: nil, error)
    }
  }

  private mutating func readNumPyArchive(_ file: MappedFile, path: String) throws(ArrayReadError) {
    let entries: [ZipDirectory.Entry]
    do throws(ZipFault) {
      entries = try file.withUnsafeBytes { bytes throws(ZipFault) in try ZipDirectory.read(bytes) }
    } catch {
      throw .zip(path: path, error)
    }
    for entry in entries {
      let name = String(entry.name.dropLast(4))
      let array: StoredArray
      do throws(NumPyFault) {
        guard entry.name.hasSuffix(".npy") else { throw .notAnArray }
        array = try Self.numPyArray(file, entry.contents, name: name, checksum: entry.checksum)
      } catch {
        throw .numPy(path: path, entry: entry.name, error)
      }
      if name == "metadata", let text = Self.text(file, entry.contents, array.entry) {
        try ArrayFile.check(entry.checksum, of: file, entry.contents, path: path, name: name)
        metadata = .text(text)
      } else {
        arrays.append(array)
      }
    }
  }

  /// - Parameter range: bytes of the file that contain exactly one array in NumPy's format.
  private static func numPyArray(
    _ file: MappedFile, _ range: Range<Int>, name: String, checksum: UInt32? = nil
  ) throws(NumPyFault) -> StoredArray {
    let header = try file.withUnsafeBytes { bytes throws(NumPyFault) in
      try NumPyHeader.read(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
    let entry = ArrayFile.Entry(name: name, shape: header.shape, elementType: header.elementType)
    guard let (type, isBigEndian) = NumPyHeader.numberType(header.elementType) else {
      return StoredArray(entry: entry, elements: .unsupported)
    }
    let expected = SafeTensorsFile.checkedByteCount(shape: header.shape, elementType: type)
    guard expected == range.count - header.byteCount else {
      throw .wrongByteCount(
        shape: header.shape, elementType: header.elementType, found: range.count - header.byteCount,
        expected: expected)
    }
    let elements = StoredElements(
      type: type, isBigEndian: isBigEndian, isColumnMajor: header.isColumnMajor,
      range: range.lowerBound + header.byteCount..<range.upperBound, checksum: checksum.map { ($0, range) })
    return StoredArray(entry: entry, elements: .bytes(elements))
  }

  /// The text of an array without axes of dtype `<U`; nil for any other array.
  private static func text(_ file: MappedFile, _ range: Range<Int>, _ entry: ArrayFile.Entry) -> String? {
    guard entry.shape.isEmpty, entry.elementType.hasPrefix("<U"),
      let count = Int(entry.elementType.dropFirst(2)), (0...range.count / 4).contains(count)
    else { return nil }
    return file.withUnsafeBytes { bytes in
      let start = range.upperBound - 4 * count
      var text = String.UnicodeScalarView()
      for index in 0..<count {
        let word = bytes.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)
        guard let scalar = Unicode.Scalar(UInt32(littleEndian: word)) else { return nil }
        // NumPy pads strings with 0.
        if scalar != "\0" { text.append(scalar) }
      }
      return String(text)
    }
  }

  // MARK: - Other formats

  private mutating func readSafeTensors(_ mapped: MappedFile, path: String) throws(ArrayReadError) {
    let file: SafeTensorsFile
    do throws(WeightError) {
      file = try SafeTensorsFile(mapped, path: path, headerLimit: Self.safeTensorsHeaderLimit)
    } catch {
      throw .safeTensors(error)
    }
    let entries = file.entries.sorted {
      ($0.value.dataRange.lowerBound, $0.value.dataRange.upperBound, $0.key)
        < ($1.value.dataRange.lowerBound, $1.value.dataRange.upperBound, $1.key)
    }
    arrays = entries.map { name, entry in
      let start = file.dataOffset + entry.dataRange.lowerBound
      return StoredArray(
        entry: .init(name: name, shape: entry.shape, elementType: entry.elementType.rawValue),
        elements: .bytes(.init(type: entry.elementType, range: start..<start + entry.dataRange.count)))
    }
    if let text = file.metadata["metadata"] { metadata = .text(text) }
  }

  private mutating func readJSON(_ mapped: MappedFile, path: String) throws(ArrayReadError) {
    let data = mapped.withUnsafeBytes { Data($0) }
    let file: JSONArrayFile
    do { file = try JSONDecoder().decode(JSONArrayFile.self, from: data) } catch {
      throw .json(path: path, reason: JSONArrayFile.reason(error))
    }
    arrays = file.arrays.sorted { $0.key < $1.key }.map { name, stored in
      StoredArray(
        entry: .init(name: name, shape: stored.tensor.shape, elementType: stored.elementType.rawValue),
        elements: .numbers(stored.tensor))
    }
    metadata = .besideArrays
  }
}
