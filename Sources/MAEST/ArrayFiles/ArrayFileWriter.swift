public import Foundation
public import MAESTFiles
public import MAESTTensor
import MAESTWeights

/// Writes a file of named arrays that come patch by patch, in any of ``ArrayFileFormat``.
///
/// ```swift
/// let writer = try ArrayFileWriter(path: "tokens.npz")
/// try model.forEachPatch(ofFileAt: "track.flac", .tokens(layer: 7)) { patch in
///   if let tokens = patch.output[.blockOutput(layer: 7)] { try writer.append(tokens, to: "tokens") }
/// }
/// try writer.commit(metadata: ["model": "30s-pw-2"])
/// ```
///
/// What was appended waits on disk, in files without names in the target's folder, so that memory does not grow
/// with the track. The file appears, complete, with ``commit(metadata:)``; when the writer goes without it, or the
/// process is killed before, nothing is left; one that is killed within it may leave a file named
/// `.maest-partial`, which the next writer of the same file takes over. Symbolic links are followed; a device or a pipe
/// is given the complete file's bytes. The same arrays and metadata give the same bytes.
public final class ArrayFileWriter {
  /// An array that was written.
  public struct Entry: Sendable, Equatable {
    public let name: String
    public let shape: [Int]
  }

  private enum Target {
    case file(ArrayFileFormat)
    /// JSON to somebody who takes it piece by piece.
    case stream((Data) throws -> Void)
  }

  private let path: String
  private let target: Target
  private let folder: String
  /// Of all arrays.
  public let elementType: ArrayElementType
  /// Shows that the folder can be written to, before there is any work; the first array takes it.
  private var firstSpool: ArraySpool?
  private var arrays: [SpooledArray] = []

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - path: its extension tells the format.
  ///   - elementType: of all arrays.
  /// - Throws: ``ArrayFileError`` for an unknown extension, `FileWriteError` for a folder that cannot be written to.
  public init(path: String, elementType: ArrayElementType = .float32) throws {
    target = .file(try ArrayFileFormat(path: path))
    self.path = path
    self.elementType = elementType
    folder = try OutputTarget(path: path).temporaryFolder
    firstSpool = try ArraySpool(folder: folder, path: path)
  }

  /// Begins JSON that is written to somewhere else, such as standard output.
  ///
  /// - Parameters:
  ///   - name: of the place, for errors.
  ///   - elementType: of all arrays.
  ///   - sink: takes the text, piece by piece, at the end.
  public init(
    jsonTo name: String, elementType: ArrayElementType = .float32, sink: @escaping (Data) throws -> Void
  ) throws(FileWriteError) {
    target = .stream(sink)
    path = name
    self.elementType = elementType
    folder = FileManager.default.temporaryDirectory.path
    firstSpool = try ArraySpool(folder: folder, path: folder)
  }

  /// Adds a slice to an array that grows along a first axis, `[patch] + slice.shape`; it begins with its first slice.
  ///
  /// - Throws: ``ArrayFileError`` for a name that cannot be, a slice of another shape than the first one, or a second
  ///   array where the format takes one, and nothing is added then; `FileWriteError` for a full disk.
  public func append(_ slice: Tensor, to name: String) throws {
    let array: SpooledArray
    if let known = arrays.first(where: { $0.name == name }) {
      array = known
    } else {
      try Self.check(axisCount: slice.rank + 1)
      array = SpooledArray(name: name, sliceShape: slice.shape, elementType, try spool(forArray: name))
      arrays.append(array)
    }
    try array.append(slice)
  }

  /// Adds a whole array.
  ///
  /// - Throws: as ``append(_:to:)``; ``ArrayFileError/arrayExists(name:)`` for a name that another array has.
  public func add(_ tensor: Tensor, named name: String) throws {
    guard !arrays.contains(where: { $0.name == name }) else { throw ArrayFileError.arrayExists(name: name) }
    try Self.check(axisCount: tensor.rank)
    arrays.append(try SpooledArray(name: name, tensor, elementType, try spool(forArray: name)))
  }

  /// Writes the file, which then appears at its path.
  ///
  /// - Parameter metadata: a JSON object that says what the arrays are; `.npy` has no room for it.
  /// - Returns: the arrays in the order in which they began.
  /// - Throws: ``ArrayFileError/noArrays(path:)``, `FileWriteError`, or an error of the metadata's encoding.
  @discardableResult
  public func commit(metadata: some Encodable) throws -> [Entry] {
    guard !arrays.isEmpty else { throw ArrayFileError.noArrays(path: path) }
    let entries = arrays.map { Entry(name: $0.name, shape: $0.shape) }
    let text = try SortedJSON.text(metadata)
    switch target {
    case .stream(let sink): try JSONArrayEncoder(sink: sink).write(arrays, metadata: text)
    case .file(let format): try write(format, metadata: text)
    }
    arrays = []
    return entries
  }

  private func spool(forArray name: String) throws -> ArraySpool {
    try Self.check(name)
    if case .file(let format) = target, format.holdsOneArray, let first = arrays.first {
      throw ArrayFileError.oneArrayOnly(path: path, names: [first.name, name])
    }
    defer { firstSpool = nil }
    return try firstSpool ?? ArraySpool(folder: folder, path: path)
  }

  private static func check(axisCount count: Int) throws(ArrayFileError) {
    guard count <= NumPyHeader.mostAxes else {
      throw .tooManyAxes(count: count, most: NumPyHeader.mostAxes)
    }
  }

  /// The formats and file systems take longer names, people do not.
  private static let mostNameBytes = 1000

  private static func check(_ name: String) throws(ArrayFileError) {
    let isUsable = name.unicodeScalars.allSatisfy {
      $0.properties.generalCategory != .control && $0 != "/" && $0 != "\\"
    }
    guard isUsable, (1...mostNameBytes).contains(name.utf8.count) else { throw .unusableName(name) }
    guard name != "metadata", name != "__metadata__" else { throw .reservedName(name) }
  }
}

extension ArrayFileWriter {
  private func write(_ format: ArrayFileFormat, metadata: String) throws {
    switch format {
    case .npy: try writeNumPyFile()
    case .npz: try writeNumPyArchive(metadata: metadata)
    case .safetensors: try writeSafeTensors(metadata: metadata)
    case .json:
      let file = try AtomicFile(path: path)
      try JSONArrayEncoder { try file.write($0) }.write(arrays, metadata: metadata)
      try file.commit()
    }
  }

  private func writeNumPyFile() throws {
    let file = try AtomicFile(path: path)
    for array in arrays {
      try file.write(array.numPyHeader)
      try array.forEachPiece { try file.write($0) }
    }
    try file.commit()
  }

  private func writeNumPyArchive(metadata: String) throws {
    let file = try AtomicFile(path: path)
    var archive = ZipFileWriter(file)
    for array in arrays {
      let header = array.numPyHeader
      try archive.add("\(array.name).npy", byteCount: header.count + array.byteCount) { sink in
        try sink(header)
        try array.forEachPiece(sink)
      }
    }
    let text = NumPyHeader.file(text: metadata)
    try archive.add("metadata.npy", byteCount: text.count) { sink in try sink(text) }
    try archive.finish()
    try file.commit()
  }

  private func writeSafeTensors(metadata: String) throws {
    let tensors = arrays.map { array in
      TensorSource(
        name: array.name, shape: array.shape, elementType: array.elementType.safeTensorsType,
        writing: array.forEachPiece)
    }
    try SafeTensorsWriter.write(tensors, metadata: ["metadata": metadata], to: path, aligned: false)
  }
}
