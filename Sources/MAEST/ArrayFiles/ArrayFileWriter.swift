public import Foundation
public import MAESTFiles
public import MAESTTensor
import MAESTWeights

/// Writes a file of named arrays that arrive patch by patch, in any ``ArrayFileFormat``.
///
/// ```swift
/// let writer = try ArrayFileWriter(path: "tokens.npz")
/// try model.forEachPatch(ofFileAt: "track.flac", .tokens(layer: 7)) { patch in
///   if let tokens = patch.output[.blockOutput(layer: 7)] { try writer.append(tokens, to: "tokens") }
/// }
/// try writer.commit(metadata: ["model": "30s-pw-2"])
/// ```
///
/// Appended values are stored in unlinked temporary files in the target's folder, so memory does not grow with the
/// track. ``commit(metadata:)`` makes the complete file appear at its path. If the writer is released or the process is
/// killed before that, no files are left. A process killed during the commit may leave a file named `.maest-partial`,
/// which the next writer of the same file reuses. Symbolic links are followed. If the path is a device or a pipe, the
/// bytes of the complete file are written to it. The same arrays and metadata always give the same bytes.
public final class ArrayFileWriter {
  /// A written array.
  public struct Entry: Sendable, Equatable {
    public let name: String
    public let shape: [Int]
  }

  private enum Target {
    case file(ArrayFileFormat)
    /// JSON, passed to a closure piece by piece.
    case stream((Data) throws -> Void)
  }

  private let path: String
  private let target: Target
  private let folder: String
  /// Element type of all arrays.
  public let elementType: ArrayElementType
  /// Created at the start to check that the folder is writable; used by the first array.
  private var firstSpool: ArraySpool?
  private var arrays: [SpooledArray] = []

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - path: the output path; its extension determines the format.
  ///   - elementType: element type of all arrays.
  /// - Throws: ``ArrayFileError`` for an unknown extension, `FileWriteError` if the folder is not writable.
  public init(path: String, elementType: ArrayElementType = .float32) throws {
    target = .file(try ArrayFileFormat(path: path))
    self.path = path
    self.elementType = elementType
    folder = try OutputTarget(path: path).temporaryFolder
    firstSpool = try ArraySpool(folder: folder, path: path)
  }

  /// Begins JSON for another destination, such as standard output.
  ///
  /// - Parameters:
  ///   - name: name of the destination in errors.
  ///   - elementType: element type of all arrays.
  ///   - sink: receives the text piece by piece during ``commit(metadata:)``.
  public init(
    jsonTo name: String, elementType: ArrayElementType = .float32, sink: @escaping (Data) throws -> Void
  ) throws(FileWriteError) {
    target = .stream(sink)
    path = name
    self.elementType = elementType
    folder = FileManager.default.temporaryDirectory.path
    firstSpool = try ArraySpool(folder: folder, path: folder)
  }

  /// Appends a slice to an array that grows along its first axis, `[patch] + slice.shape`. The first slice creates the
  /// array.
  ///
  /// - Throws: ``ArrayFileError`` for an invalid name, a slice whose shape differs from the first one, or a second
  ///   array if the format holds only one; if it throws one of these, nothing is added. `FileWriteError` if the disk is
  ///   full.
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
  /// - Throws: as ``append(_:to:)``; ``ArrayFileError/arrayExists(name:)`` if another array has this name.
  public func add(_ tensor: Tensor, named name: String) throws {
    guard !arrays.contains(where: { $0.name == name }) else { throw ArrayFileError.arrayExists(name: name) }
    try Self.check(axisCount: tensor.rank)
    arrays.append(try SpooledArray(name: name, tensor, elementType, try spool(forArray: name)))
  }

  /// Writes the complete file to its path.
  ///
  /// - Parameter metadata: describes the arrays; encoded as a JSON object. `.npy` files do not store it.
  /// - Returns: the arrays in the order in which they were first added.
  /// - Throws: ``ArrayFileError/noArrays(path:)``, `FileWriteError`, or an error of encoding the metadata.
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

  /// Limit for the length of names; the formats and file systems would allow more.
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
