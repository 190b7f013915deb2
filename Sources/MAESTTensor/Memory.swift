#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A range of bytes at a fixed address, freed when the last view of it is destroyed.
///
/// `@unchecked Sendable` is the only such assertion for matrices. The compiler cannot check who writes to the bytes;
/// these rules do:
/// - ``Matrix`` and ``Vector`` only read. Memory behind those that are sent to other threads is not written any more.
/// - ``MutableMatrix`` writes. Outside of kernels and tests one is created either locally, for the duration of a call,
///   or by a run's workspace, which cannot be copied: one forward pass at a time has access to it.
/// - The workers of one parallel loop write to disjoint elements.
final class Memory: @unchecked Sendable {
  /// The alignment of allocated memory: a cache line, and the widest vector.
  static let alignment = 64

  /// The smallest size that uses huge pages.
  private static let hugePageByteCount = 2 << 20

  let base: UnsafeMutableRawPointer
  let byteCount: Int
  private let isMapping: Bool

  /// Allocates zeroed memory.
  init(zeroedByteCount byteCount: Int) {
    precondition(byteCount >= 0, "negative size \(byteCount)")
    let isLarge = byteCount >= Self.hugePageByteCount
    base = UnsafeMutableRawPointer.allocate(
      byteCount: max(byteCount, Self.alignment),
      alignment: isLarge ? Self.hugePageByteCount : Self.alignment)
    self.byteCount = byteCount
    isMapping = false
    #if os(Linux)
      if isLarge {
        // Only a hint: if it fails, the memory has smaller pages.
        _ = madvise(base, byteCount, MADV_HUGEPAGE)
      }
    #endif
    memset(base, 0, byteCount)
  }

  /// Takes ownership of a mapping, and unmaps it at the end.
  init(mapping base: UnsafeMutableRawPointer, byteCount: Int) {
    self.base = base
    self.byteCount = byteCount
    isMapping = true
  }

  deinit {
    if isMapping {
      munmap(base, byteCount)
    } else {
      base.deallocate()
    }
  }

  /// The number of single-precision elements that fit.
  var elementCapacity: Int { byteCount / MemoryLayout<Float>.stride }

  /// The address of the element at an offset from the start.
  func element(at offset: Int) -> UnsafeMutablePointer<Float> {
    base.assumingMemoryBound(to: Float.self) + offset
  }
}
