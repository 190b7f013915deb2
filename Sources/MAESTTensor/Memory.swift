#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A run of bytes at a fixed address, given back when its last owner goes.
///
/// Every view keeps the memory that it points into alive. `@unchecked Sendable` because it holds nothing
/// but a constant address and size; who writes to which part at what time is the caller's affair, as with
/// any buffer that several threads fill: workers write to disjoint rows.
final class Memory: @unchecked Sendable {
  /// The alignment of allocated memory: a cache line, and the widest vector.
  static let alignment = 64

  /// The size from which huge pages pay.
  private static let hugePageByteCount = 2 << 20

  let base: UnsafeMutableRawPointer
  let byteCount: Int
  private let isMapping: Bool

  /// Allocates zeroed memory.
  init(zeroedByteCount byteCount: Int) {
    precondition(byteCount >= 0, "a negative size, \(byteCount)")
    let isLarge = byteCount >= Self.hugePageByteCount
    base = UnsafeMutableRawPointer.allocate(
      byteCount: max(byteCount, Self.alignment),
      alignment: isLarge ? Self.hugePageByteCount : Self.alignment)
    self.byteCount = byteCount
    isMapping = false
    #if os(Linux)
      if isLarge {
        // Advice only: without it the memory is as good, in smaller pages.
        _ = madvise(base, byteCount, MADV_HUGEPAGE)
      }
    #endif
    memset(base, 0, byteCount)
  }

  /// Takes over a mapping, to be unmapped at the end.
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

  /// Room for single-precision numbers, in elements.
  var elementCapacity: Int { byteCount / MemoryLayout<Float>.stride }

  /// The address of an element, counted from the start.
  func element(at offset: Int) -> UnsafeMutablePointer<Float> {
    base.assumingMemoryBound(to: Float.self) + offset
  }
}
