import Foundation
import MAESTFiles

/// Detects file systems that are shared between machines.
package enum FileSystemKind {
  /// Whether other machines may have files of the file system open (a network file system), or a user-space program
  /// serves them (FUSE). Memory mapped from such a file may be inconsistent between processes.
  ///
  /// - Returns: false if the kind is unknown.
  static func isShared(_ path: String) -> Bool {
    #if canImport(Darwin)
      var facts = statfs()
      return statfs(path, &facts) == 0 && facts.f_flags & UInt32(MNT_LOCAL) == 0
    #else
      guard let status = PathCalls.status(path),
        let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
      else { return false }
      return isShared(device: UInt64(status.st_dev), mounts: mounts)
    #endif
  }

  /// - Parameters:
  ///   - device: `st_dev` of a file.
  ///   - mounts: lines as in `/proc/self/mountinfo`, see proc(5).
  package static func isShared(device: UInt64, mounts: String) -> Bool {
    let major = (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF)
    let minor = (device & 0xFF) | (device >> 12 & ~0xFF)
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 3, fields[2] == "\(major):\(minor)", let end = fields.firstIndex(of: "-"),
        end + 1 < fields.count
      else { continue }
      let type = fields[end + 1]
      return sharedTypes.contains(String(type)) || type.hasPrefix("fuse")
    }
    return false
  }

  private static let sharedTypes: Set<String> = [
    "9p", "afs", "beegfs", "ceph", "cifs", "coda", "gfs2", "glusterfs", "gpfs", "lustre", "nfs", "nfs4",
    "ocfs2",
    "orangefs", "smb3", "smbfs", "vboxsf", "virtiofs",
  ]
}
