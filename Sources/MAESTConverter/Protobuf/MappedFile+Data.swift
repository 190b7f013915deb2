import MAESTTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension MappedFile {
  /// The file's bytes without a copy; they and all their slices keep the mapping alive.
  var data: Data { data(at: 0, byteCount: byteCount) }

  /// Returns a part of the file without a copy; it keeps the mapping alive.
  func data(at offset: Int, byteCount: Int) -> Data {
    withUnsafeBytes { bytes in
      let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + byteCount)])
      guard let base = part.baseAddress else { return Data() }
      return Data(
        bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: part.count,
        deallocator: .custom { _, _ in withExtendedLifetime(self) {} })
    }
  }
}
