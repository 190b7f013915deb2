import MAESTTensor
import SwiftProtobuf

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Contents of tensors that lie in other files beside the model (onnx, docs/ExternalData.md).
///
/// A location is a path relative to the model's folder. Files outside of it are not read, also not by way of a
/// link.
struct ONNXExternalData {
  /// nil: a model that is no file, and has nothing beside it.
  let folder: String?
  private var files: [String: MappedFile] = [:]

  init(besideFileAt path: String?) {
    folder = path.map(Self.folder)
  }

  /// The bytes of `tensor`, mapped into memory; `byteCount` is what its type and shape take.
  mutating func contents(
    of tensor: ONNXTensorProto, byteCount: Int, node: String
  ) throws(ConversionError) -> Data {
    let entries = tensor.externalData.reduce(into: [:]) { $0[$1.key] = $1.value }
    guard let location = entries["location"], !location.isEmpty else {
      throw .badConstant(node: node, reason: "its contents are in another file, which is not named")
    }
    let offset = try Self.number(entries["offset"] ?? "0", "offset", node)
    let length = try Self.number(entries["length"] ?? "\(byteCount)", "length", node)
    guard length == byteCount else {
      throw .badConstant(
        node: node, reason: "\(length) bytes in '\(location)', its shape and type take \(byteCount)")
    }
    guard byteCount > 0 else { return Data() }
    let file = try file(at: location, node: node)
    guard offset <= file.byteCount, length <= file.byteCount - offset else {
      throw .badConstant(
        node: node,
        reason:
          "bytes \(offset) to \(offset &+ length) of '\(location)', which has \(file.byteCount); the file is "
          + "truncated, or of another model")
    }
    return file.data(at: offset, byteCount: length)
  }

  private static func number(_ text: String, _ what: String, _ node: String) throws(ConversionError) -> Int {
    guard let number = Int(text), number >= 0 else {
      throw .badConstant(node: node, reason: "\(what) '\(text)' in another file, expected a number from 0 on")
    }
    return number
  }

  private mutating func file(at location: String, node: String) throws(ConversionError) -> MappedFile {
    if let file = files[location] { return file }
    guard let folder else {
      throw .badConstant(
        node: node, reason: "its contents are in '\(location)', beside a model that is no file")
    }
    let path = try Self.path(location, folder: folder, node: node)
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch {
      throw .unreadable(
        path: path,
        reason: "\(error.reason); the model's weights are in it, keep it beside the model under this name")
    }
    files[location] = file
    return file
  }

  /// The folder of the file at `path`.
  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
  }

  /// The path of the file at `location`; throws where that is not in `folder`.
  private static func path(
    _ location: String, folder: String, node: String
  ) throws(ConversionError) -> String {
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    let isInside = !location.hasPrefix("/") && !parts.contains("..") && !location.utf8.contains(0)
    let path = folder + location
    // Links are followed on both sides, so that a folder that is one itself is as good as any.
    let root = URL(filePath: folder).resolvingSymlinksInPath().standardizedFileURL
    let file = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL
    guard isInside, file.pathComponents.starts(with: root.pathComponents) else {
      throw .badConstant(
        node: node,
        reason: "its contents are in '\(location)', outside of the model's folder; such files are not read")
    }
    return path
  }
}

extension ONNXExternalData {
  /// Paths, relative to its folder, of the files beside the model in `bytes` that hold its weights, sorted.
  ///
  /// - Throws: ``ConversionError`` where the file is no model, or one of them is outside of the folder.
  static func locations(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(ConversionError) -> [String] {
    if let excess = MessageScan.excess(in: bytes, .onnxModel) {
      throw .damaged(path: path, format: ONNXReader.format, reason: excess)
    }
    var options = BinaryDecodingOptions()
    // The weights are not looked at.
    options.discardUnknownFields = true
    let outline: ONNXModelOutlineProto
    do { outline = try ONNXModelOutlineProto(serializedBytes: bytes.inPlace, options: options) } catch {
      throw .damaged(path: path, format: ONNXReader.format, reason: ONNXReader.malformed)
    }
    var locations: Set<String> = []
    for tensor in outline.graph.initializer where tensor.dataLocation == .external {
      for entry in tensor.externalData where entry.key == "location" {
        guard locations.insert(entry.value).inserted else { continue }
        _ = try Self.path(entry.value, folder: folder(of: path), node: tensor.name)
      }
    }
    return locations.sorted()
  }
}

extension MappedFile {
  /// A part of the file, not copied; it keeps the mapping alive.
  fileprivate func data(at offset: Int, byteCount: Int) -> Data {
    withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return Data() }
      return Data(
        bytesNoCopy: UnsafeMutableRawPointer(mutating: base + offset), count: byteCount,
        deallocator: .custom { _, _ in withExtendedLifetime(self) {} })
    }
  }
}
