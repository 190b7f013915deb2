import Foundation

/// Holds a model's name while it is installed, against other processes.
final class InstallationLock {
  private let path: String
  private let descriptor: Int32

  /// - Throws: ``CatalogueError/busy(name:folder:)`` where another process holds it.
  init(name: String, in folder: URL) throws(CatalogueError) {
    path = folder.appendingPathComponent(name + ".lock").path
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
      guard descriptor >= 0 else {
        throw .unusableFolder(folder: folder.path, reason: String(cString: strerror(errno)))
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        throw .busy(name: name, folder: folder.deletingLastPathComponent().path)
      }
      // Its last holder may have removed the file between our opening and locking it.
      var status = stat()
      guard fstat(descriptor, &status) == 0 else {
        let reason = String(cString: strerror(errno))
        close(descriptor)
        throw .unusableFolder(folder: folder.path, reason: reason)
      }
      if status.st_nlink > 0 {
        self.descriptor = descriptor
        return
      }
      close(descriptor)
    }
  }

  deinit {
    unlink(path)
    close(descriptor)
  }
}
