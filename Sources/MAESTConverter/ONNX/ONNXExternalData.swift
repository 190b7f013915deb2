import MAESTFiles
import MAESTTensor
import MAESTWeights

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Contents of tensors that are stored in other files beside the model (onnx, docs/ExternalData.md).
///
/// A location is a path relative to the model's folder. Files outside the folder are not read, not even through a
/// symbolic link. If the model itself is a symbolic link, as in download caches, links may also lead to the folder of
/// its target.
struct ONNXExternalData {
  /// nil if the model is not a file, and so has no files beside it.
  private let modelPath: String?
  private var files: [String: MappedFile] = [:]

  init(besideFileAt path: String?) {
    modelPath = path
  }

  /// Returns the bytes of `tensor`, mapped into memory; `byteCount` is the size required by its type and shape.
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
          "\(length) bytes from \(offset) on of '\(location)', which has \(file.byteCount); the file is "
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
    guard let modelPath else {
      throw .badConstant(
        node: node, reason: "its contents are in '\(location)', beside a model that is no file")
    }
    let path = try Self.path(location, besideFileAt: modelPath, node: node)
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch { throw Self.unreadable(path, error.reason) }
    files[location] = file
    return file
  }

  private static func unreadable(_ path: String, _ reason: String) -> ConversionError {
    .unreadable(
      path: path, reason: "\(reason); the model's weights are in it, keep it beside the model under this name"
    )
  }

  /// Returns the path of the file at `location`; throws if it is outside the model's folder.
  private static func path(
    _ location: String, besideFileAt modelPath: String, node: String
  ) throws(ConversionError) -> String {
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.hasPrefix("/"), !parts.contains(".."), !location.utf8.contains(0) else {
      throw .badConstant(
        node: node,
        reason: "its contents are in '\(location)', outside of the model's folder; such files are not read")
    }
    let path = "\(Folders.parent(of: modelPath))/\(location)"
    // Both the folder of the link and the folder of its target are allowed.
    let model = URL(filePath: modelPath)
    let folders = [model, model.resolvingSymlinksInPath()].map { $0.deletingLastPathComponent() }
    let roots = folders.map { $0.resolvingSymlinksInPath().standardizedFileURL.pathComponents }
    let target = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL
    guard roots.contains(where: { target.pathComponents.starts(with: $0) }) else {
      throw .badConstant(
        node: node,
        reason:
          "its contents are in '\(location)', a link to \(target.path(percentEncoded: false)) outside of the "
          + "model's folder, which is not read; put the file itself there")
    }
    return path
  }
}

extension ONNXExternalData {
  /// Returns the sorted paths, relative to the model's folder, of the files that hold the weights of the model in
  /// `bytes`.
  ///
  /// - Throws: ``ConversionError`` if the file is not a model, or if one of the paths is outside the folder.
  static func locations(
    _ bytes: Data, path: String
  ) throws(ConversionError) -> [String] {
    var locations: Set<String> = []
    for tensor in try ONNXReader.decoded(bytes, path: path).graph.initializer
    where tensor.dataLocation == .external {
      for entry in tensor.externalData where entry.key == "location" {
        guard locations.insert(entry.value).inserted else { continue }
        let file = try Self.path(entry.value, besideFileAt: path, node: tensor.name)
        guard PathCalls.exists(file) else { throw unreadable(file, "no such file") }
      }
    }
    return locations.sorted()
  }
}
