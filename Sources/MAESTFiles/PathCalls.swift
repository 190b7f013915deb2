package import Foundation
import MAESTTensor

/// System calls that read at a path, whose text has the form of `PathBytes`. They set `errno`.
///
/// Foundation's own calls take paths in UTF-8 only. Files are changed by ``FileSystemCalls``.
package enum PathCalls {
  /// `open` without creating a file. The descriptor is closed in child processes.
  package static func open(_ path: String, _ flags: Int32) -> Int32 {
    PathBytes.withPath(path) { Foundation.open($0, flags | O_CLOEXEC) }
  }

  /// `stat`, which follows symbolic links; nil if it fails.
  package static func status(_ path: String) -> stat? {
    var status = stat()
    return PathBytes.withPath(path) { stat($0, &status) } == 0 ? status : nil
  }

  /// `lstat`, which does not follow the last symbolic link; nil if it fails.
  package static func statusOfLink(_ path: String) -> stat? {
    var status = stat()
    return PathBytes.withPath(path) { lstat($0, &status) } == 0 ? status : nil
  }

  /// Whether a file or folder exists at the path. A broken link does not count.
  package static func exists(_ path: String) -> Bool { status(path) != nil }

  /// The target of a symbolic link; nil if the path is not a link.
  package static func linkTarget(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = PathBytes.withPath(path) { readlink($0, &bytes, bytes.count) }
    return count > 0 ? PathBytes.text(bytes[..<count].map { UInt8(bitPattern: $0) }) : nil
  }

  /// The absolute path without symbolic links; nil if nothing exists at the path.
  package static func realPath(_ path: String) -> String? {
    guard let resolved = PathBytes.withPath(path, { realpath($0, nil) }) else { return nil }
    defer { free(resolved) }
    return PathBytes.text(ofTerminated: resolved)
  }

  /// The folder that relative paths are relative to; `.` if it was removed or is not accessible.
  package static var currentFolder: String {
    guard let folder = getcwd(nil, 0) else { return "." }
    defer { free(folder) }
    return PathBytes.text(ofTerminated: folder)
  }

  /// The names in a folder, in no order, without `.` and `..`; nil if it cannot be read.
  package static func names(inFolder path: String) -> [String]? {
    guard let folder = PathBytes.withPath(path, { opendir($0) }) else { return nil }
    defer { closedir(folder) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { PathBytes.text($0.prefix { $0 != 0 }) }
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    return errno == 0 ? names : nil
  }

  /// The paths of all files below a folder, relative to it, in no order; nil if the folder cannot be read. Links are
  /// not followed; folders below it that cannot be read are left out.
  package static func files(below path: String) -> [String]? {
    guard let names = names(inFolder: path) else { return nil }
    return names.flatMap { name -> [String] in
      guard let status = statusOfLink("\(path)/\(name)"), status.st_mode & S_IFMT == S_IFDIR else {
        return [name]
      }
      return (files(below: "\(path)/\(name)") ?? []).map { "\(name)/\($0)" }
    }
  }

  /// The bytes of a file; nil if it cannot be read.
  package static func contents(ofFile path: String) -> Data? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    return try? file.readToEnd() ?? Data()
  }
}
