import Foundation
import MAESTFiles
import MAESTWeights

/// A file lock that prevents other processes from installing the same model.
final class InstallationLock {
  private let path: String
  private let descriptor: Int32

  /// - Throws: ``CatalogueError/busy(name:folder:)`` if another process holds the lock, `.cannotLock` if the file
  ///   system does not support locks, `.unusableFolder` if the lock file cannot be opened.
  init(name: String, in folder: URL) throws(CatalogueError) {
    path = folder.appendingPathComponent(name + ".lock").path
    while true {
      let descriptor = FileSystemCalls.openFile(path, O_RDWR | O_CREAT | O_NOFOLLOW)
      guard descriptor >= 0 else {
        throw .unusableFolder(folder: folder.path, reason: String(cString: strerror(errno)))
      }
      guard FileSystemCalls.lockFile(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let code = errno
        close(descriptor)
        let models = folder.deletingLastPathComponent().path
        if code == EWOULDBLOCK { throw .busy(name: name, folder: models) }
        throw .cannotLock(name: name, folder: models, reason: String(cString: strerror(code)))
      }
      // The previous holder may have removed the file between the open and the lock.
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
