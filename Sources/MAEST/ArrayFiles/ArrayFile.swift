import Foundation
import MAESTFiles
public import MAESTTensor
import MAESTWeights

/// A file of named arrays, written by ``ArrayFileWriter``, NumPy or safetensors.
///
/// ```swift
/// let file = try ArrayFile(path: "track.npz")
/// for array in file.arrays { print(array.name, array.shape) }
/// let tokens = try file.tensor(named: "layer07.blockOutput")
/// ```
///
/// The format is detected from the file's contents, not from its name. The file is memory-mapped: opening it reads the
/// headers only, and an array takes memory only when it is requested. (JSON is read as a whole.) The file must not be
/// truncated while this object is in use.
///
/// | format | read | refused |
/// |---|---|---|
/// | `.npy` | versions 1.0 to 3.0; booleans, integers, float16, float32, float64 in either byte order; C and Fortran order | complex numbers, text, dates, structured types, objects |
/// | `.npz` | the same, as written by `numpy.savez`, also beyond 4 GiB | compressed and encrypted entries |
/// | `.safetensors` | the same types, and bfloat16 | |
/// | `.json` | what ``ArrayFileWriter`` writes; `null` is NaN | |
public struct ArrayFile: Sendable {
  /// An array in the file.
  public struct Entry: Sendable, Equatable {
    /// The array's name; for `.npy`, which stores no name, the file's name without the extension.
    public let name: String
    public let shape: [Int]
    /// The element type as the file spells it: "<f4", "F32", "float32".
    public let elementType: String

    package init(name: String, shape: [Int], elementType: String) {
      (self.name, self.shape, self.elementType) = (name, shape, elementType)
    }
  }

  public let path: String
  public let format: ArrayFileFormat
  /// All arrays except the metadata, in the file's order; for JSON sorted by name.
  public var arrays: [Entry] { contents.arrays.map(\.entry) }

  private let file: MappedFile
  private let contents: ArrayFileContents

  /// Opens a file and validates its headers.
  ///
  /// - Throws: ``ArrayReadError``.
  public init(path: String) throws(ArrayReadError) {
    self.path = path
    do { file = try MappedFile(path: path) } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    guard let format = ArrayFileContents.format(of: file) else { throw .unknownFormat(path: path) }
    self.format = format
    contents = try ArrayFileContents(file, format, path: path)
  }

  /// Reads a whole array in single precision. 32-bit integers, 64-bit integers and float64 are rounded to nearest, and
  /// float64 values out of range become infinite; the other types are converted exactly.
  ///
  /// For `.npz` the array's checksum is verified.
  ///
  /// - Throws: ``ArrayReadError/noSuchArray(path:name:names:)``, ``ArrayReadError/unsupportedType(path:name:found:)``,
  ///   ``ArrayReadError/wrongChecksum(path:name:found:expected:)``.
  public func tensor(named name: String) throws(ArrayReadError) -> Tensor {
    let array = try array(named: name)
    switch array.elements {
    case .numbers(let tensor): return tensor
    case .bytes(let elements):
      if let (expected, range) = elements.checksum {
        try Self.check(expected, of: file, range, path: path, name: name)
      }
      return elements.tensor(of: file, shape: array.entry.shape)
    case .unsupported:
      throw .unsupportedType(path: path, name: name, found: array.entry.elementType)
    }
  }

  /// Reads slices of an array along its first axis, `[range.count] + shape[1...]`. Only the bytes of these slices are
  /// read, except for arrays in Fortran order, which are read as a whole.
  ///
  /// The checksum is not verified.
  ///
  /// - Parameters:
  ///   - range: indices along the first axis, which must exist.
  ///   - name: the array's name.
  /// - Throws: as ``tensor(named:)``.
  public func slices(_ range: Range<Int>, of name: String) throws(ArrayReadError) -> Tensor {
    let array = try array(named: name)
    let shape = array.entry.shape
    precondition(!shape.isEmpty, "array \(name) has no axes")
    precondition(0 <= range.lowerBound && range.upperBound <= shape[0], "slices \(range) of shape \(shape)")
    switch array.elements {
    case .numbers(let tensor): return tensor[slices: range]
    case .bytes(let elements) where elements.isColumnMajor:
      return elements.tensor(of: file, shape: shape)[slices: range]
    case .bytes(let elements):
      return elements[slices: range, of: shape].tensor(of: file, shape: [range.count] + shape[1...])
    case .unsupported:
      throw .unsupportedType(path: path, name: name, found: array.entry.elementType)
    }
  }

  /// Decodes the file's metadata; returns nil if it has none, as in `.npy`.
  ///
  /// - Parameter type: the type given to ``ArrayFileWriter/commit(metadata:)``, or one with some of its properties.
  /// - Throws: ``ArrayReadError/metadata(path:reason:)`` if the metadata cannot be decoded as this type.
  public func metadata<Facts: Decodable>(as type: Facts.Type) throws(ArrayReadError) -> Facts? {
    do {
      switch contents.metadata {
      case .none: return nil
      case .text(let text): return try JSONDecoder().decode(type, from: Data(text.utf8))
      case .besideArrays:
        let data = file.withUnsafeBytes { Data($0) }
        return try JSONDecoder().decode(JSONArrayFile.Metadata<Facts>.self, from: data).metadata
      }
    } catch {
      throw .metadata(path: path, reason: JSONArrayFile.reason(error))
    }
  }

  /// Verifies the CRC-32 of a part of the file.
  static func check(
    _ expected: UInt32, of file: MappedFile, _ range: Range<Int>, path: String, name: String
  ) throws(ArrayReadError) {
    let found = file.withUnsafeBytes { CRC32.of(UnsafeRawBufferPointer(rebasing: $0[range]), .zip) }
    guard found == expected else {
      throw .wrongChecksum(path: path, name: name, found: found, expected: expected)
    }
  }

  private func array(named name: String) throws(ArrayReadError) -> StoredArray {
    guard let array = contents.arrays.first(where: { $0.entry.name == name }) else {
      throw .noSuchArray(path: path, name: name, names: arrays.map(\.name))
    }
    return array
  }
}

extension Tensor {
  /// Slices along the first axis.
  fileprivate subscript(slices range: Range<Int>) -> Tensor {
    let length = shape.dropFirst().reduce(1, *)
    let part = elements[range.lowerBound * length..<range.upperBound * length]
    return Tensor(shape: [range.count] + shape.dropFirst(), elements: Array(part))
  }
}
