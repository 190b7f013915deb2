import Foundation
import MAEST
import MAESTFiles
import MAESTTestSupport
import Testing

/// `.npz` files whose zip records are damaged, lie, or are large.
@Suite struct ZipArchiveTests {
  /// Two arrays, `[2]` each.
  private struct Archive {
    var bytes: Data
    /// Where the directory's two records and the end start.
    let (first, second, end): (Int, Int, Int)
    static let nameLength = 5

    init() throws {
      let bytes = try withTemporaryFolder { folder in
        let writer = try ArrayFileWriter(path: folder + "/x.npz")
        try writer.add(Tensor(shape: [2], elements: [1, 2]), named: "a")
        try writer.add(Tensor(shape: [2], elements: [3, 4]), named: "b")
        try writer.commit(metadata: ["a": 1])
        return try Data(contentsOf: URL(filePath: folder + "/x.npz"))
      }
      end = bytes.count - 22
      first = (0..<4).reduce(0) { $0 | Int(bytes[bytes.count - 6 + $1]) << (8 * $1) }
      second = first + 46 + Self.nameLength
      self.bytes = bytes
    }

    /// Overwrites a little-endian number.
    mutating func set<Number: FixedWidthInteger>(_ offset: Int, _ number: Number) {
      let fields = withUnsafeBytes(of: number.littleEndian) { Data($0) }
      bytes.replaceSubrange(offset..<offset + fields.count, with: fields)
    }

    /// Opens it.
    func open(_ body: (String) throws -> Void) throws {
      try withTemporaryFolder { folder in
        try bytes.write(to: URL(filePath: folder + "/x.npz"))
        try body(folder + "/x.npz")
      }
    }
  }

  private func expectFault(_ fault: ZipFault, _ damage: (inout Archive) -> Void) throws {
    var archive = try Archive()
    damage(&archive)
    try archive.open { (path: String) throws in
      #expect(throws: ArrayReadError.zip(path: path, fault)) { try ArrayFile(path: path) }
    }
  }

  @Test func anUndamagedOneIsRead() throws {
    try Archive().open { (path: String) throws in
      #expect(try ArrayFile(path: path).arrays.map(\.name) == ["a", "b"])
      #expect(try ZipFile(contentsOfFile: path).entries.map(\.name) == ["a.npy", "b.npy", "metadata.npy"])
    }
  }

  @Test func anArchiveWithAComment() throws {
    var archive = try Archive()
    archive.bytes[archive.end + 20] = 7
    archive.bytes += Data("comment".utf8)
    try archive.open { (path: String) throws in #expect(try ArrayFile(path: path).arrays.count == 2) }
  }

  @Test func endsThatAreMissing() throws {
    try expectFault(.noEndRecord) { $0.bytes.removeLast() }
    try expectFault(.noEndRecord) { $0.bytes.append(0) }
    try expectFault(.noEndRecord) { $0.bytes = $0.bytes.prefix(20) }
    try expectFault(.noEndRecord) { $0.bytes = $0.bytes.prefix(2) }
  }

  @Test func archivesInSeveralFiles() throws {
    for (offset, number) in [(4, 1), (6, 1), (8, 2), (10, 4)] {
      try expectFault(.severalDisks) { $0.set($0.end + offset, UInt16(number)) }
    }
  }

  @Test func directoriesThatLieElsewhere() throws {
    let archive = try Archive()
    let (size, end) = (UInt64(archive.end - archive.first), archive.end)
    for offset in [0, archive.first - 1, archive.first + 1, 0xffff_ffff] {
      try expectFault(.misplacedDirectory(offset: UInt64(offset), byteCount: size, end: end)) {
        $0.set(end + 16, UInt32(offset))
      }
    }
    let start = UInt64(archive.first)
    try expectFault(.misplacedDirectory(offset: start, byteCount: 0xffff_ffff, end: end)) {
      $0.set(end + 12, UInt32.max)
    }
  }

  @Test func directoryRecordsThatAreNone() throws {
    try expectFault(.malformedEntry(index: 0)) { $0.set($0.first, UInt32(0)) }
    try expectFault(.malformedEntry(index: 1)) { $0.set($0.second + 28, UInt16.max) }
    try expectFault(.malformedEntry(index: 1)) { $0.set($0.second + 30, UInt16.max) }
    // No name, and one that is no text.
    try expectFault(.malformedEntry(index: 0)) {
      $0.set($0.first + 28, UInt16(0))
      $0.set($0.first + 30, UInt16(Archive.nameLength))
    }
    try expectFault(.malformedEntry(index: 0)) { $0.set($0.first + 46, UInt8(0xff)) }
    // A size in a 64-bit form that is not there.
    try expectFault(.malformedEntry(index: 0)) { $0.set($0.first + 24, UInt32.max) }
  }

  @Test func countsThatAreWrong() throws {
    for count in [0, 2, 4, 0xffff] {
      try expectFault(.wrongEntryCount(found: 3, expected: UInt64(count))) {
        for offset in [8, 10] { $0.set($0.end + offset, UInt16(count)) }
      }
    }
  }

  @Test func entriesThatAreNotRead() throws {
    try expectFault(.duplicateName("a.npy")) { $0.set($0.second + 46, UInt8(ascii: "a")) }
    for bit in [0, 6, 13] { try expectFault(.encrypted("a.npy")) { $0.set($0.first + 8, UInt16(1 << bit)) } }
    try expectFault(.compressed("b.npy", method: 8)) { $0.set($0.second + 10, UInt16(8)) }
    try expectFault(.wrongStoredSize("a.npy", found: 135, expected: 136)) {
      $0.set($0.first + 20, UInt32(135))
    }
    let path = Fixtures.path("arrays/compressed.npz")
    let error = #expect(throws: ArrayReadError.zip(path: path, .compressed("x.npy", method: 8))) {
      try ArrayFile(path: path)
    }
    #expect(error?.description.contains("numpy.savez_compressed") == true)
  }

  @Test func entriesBeyondTheirPlace() throws {
    let limit = try Archive().first
    for offset in [limit - 29, limit, limit + 1, 0xffff_fffe] {
      try expectFault(.outOfRange("a.npy", offset: UInt64(offset), byteCount: 136, limit: limit)) {
        $0.set($0.first + 42, UInt32(offset))
      }
    }
    try expectFault(.outOfRange("a.npy", offset: 0, byteCount: 0xffff_fffe, limit: limit)) {
      for offset in [20, 24] { $0.set($0.first + offset, UInt32.max - 1) }
    }
    try expectFault(.outOfRange("a.npy", offset: 0, byteCount: 136, limit: limit)) { $0.set(28, UInt16.max) }
  }

  @Test func headersThatSayOtherwise() throws {
    let fault = ZipFault.wrongLocalHeader("a.npy", offset: 0)
    try expectFault(fault) {
      $0.set(0, UInt16(0x4b50))
      $0.set(2, UInt16(0))
    }
    for offset in [6, 8, 14, 18, 22, 26, 30] { try expectFault(fault) { $0.bytes[offset] ^= 1 } }
  }

  /// One entry lies in the contents of another.
  @Test func entriesThatOverlap() throws {
    let contents = try Data(contentsOf: URL(filePath: Fixtures.path("arrays/c-order.npy")))
    let checksum = contents.withUnsafeBytes { CRC32.of($0, .zip) }
    var inner = ZipEntry(name: "b.npy", byteCount: contents.count, headerOffset: 0, checksum: checksum)
    let data = inner.localHeader + contents
    let outer = ZipEntry(name: "a.npy", byteCount: data.count, headerOffset: 0)
    inner = ZipEntry(
      name: "b.npy", byteCount: contents.count, headerOffset: outer.localHeader.count, checksum: checksum)
    var archive = try Archive()
    archive.bytes = outer.localHeader + data
    let start = archive.bytes.count
    archive.bytes += outer.directoryEntry + inner.directoryEntry
    archive.bytes += ZipEntry.end(entryCount: 2, directory: start..<archive.bytes.count)
    try archive.open { (path: String) throws in
      #expect(throws: ArrayReadError.zip(path: path, .overlappingEntries("a.npy", "b.npy"))) {
        try ArrayFile(path: path)
      }
    }
  }

  @Test func contentsThatAreNoArrays() throws {
    var archive = try Archive()
    archive.bytes[30 + Archive.nameLength] = 0
    try archive.open { (path: String) throws in
      #expect(throws: ArrayReadError.numPy(path: path, entry: "a.npy", .wrongMagic)) {
        try ArrayFile(path: path)
      }
    }
    archive = try Archive()
    for start in [30, archive.first + 46] { archive.set(start + 4, UInt8(ascii: "z")) }
    try archive.open { (path: String) throws in
      #expect(throws: ArrayReadError.numPy(path: path, entry: "a.npz", .notAnArray)) {
        try ArrayFile(path: path)
      }
    }
  }

  @Test func bytesThatChanged() throws {
    var archive = try Archive()
    let last = 30 + Archive.nameLength + 135
    archive.bytes[last] ^= 0x80
    try archive.open { path in
      let file = try ArrayFile(path: path)
      let error = #expect(throws: ArrayReadError.self) { try file.tensor(named: "a") }
      guard case .wrongChecksum(path, "a", _, _)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(try file.tensor(named: "b").elements == [3, 4])
      #expect(try file.slices(0..<2, of: "a").elements == [1, -2])
    }
    archive = try Archive()
    archive.bytes[archive.first - 4] ^= 1
    try archive.open { (path: String) throws in
      #expect(throws: ArrayReadError.self) { try ArrayFile(path: path) }
    }
  }

  // MARK: - Large ones

  /// Records of the 64-bit form, compared with their bytes as PKWARE's APPNOTE has them.
  @Test func sizesBeyond4GiB() {
    let size = 5 << 30
    let entry = ZipEntry(name: "x", byteCount: size, headerOffset: 6 << 30, checksum: 0x0102_0304)
    let sizes: [UInt8] = [0, 0, 0, 0x40, 1, 0, 0, 0]
    #expect(
      entry.localHeader
        == Data(
          [0x50, 0x4b, 3, 4, 45, 0, 0, 0, 0, 0, 0, 0, 0x21, 0, 4, 3, 2, 1] + [UInt8](repeating: 255, count: 8)
            + [1, 0, 20, 0, 0x78, 1, 0, 16, 0] + sizes + sizes))
    let record = entry.directoryEntry
    #expect(record.count == 46 + 1 + 4 + 24)
    #expect(record[4] == 45 && record[30] == 28 && record[42..<46] == Data([255, 255, 255, 255]))
    #expect(record.suffix(28) == Data([1, 0, 24, 0] + sizes + sizes + [0, 0, 0, 0x80, 1, 0, 0, 0]))
    // The largest that need none of it, and offsets alone.
    let small = ZipEntry(name: "x", byteCount: 0xffff_fffe, headerOffset: 0xffff_fffe)
    #expect(small.localHeader.count == 31 && small.directoryEntry.count == 47)
    #expect(ZipEntry(name: "x", byteCount: 1, headerOffset: 0xffff_ffff).directoryEntry.count == 47 + 12)
    #expect(ZipEntry.end(entryCount: 0xfffe, directory: 0..<100).count == 22)
    #expect(ZipEntry.end(entryCount: 0xffff, directory: 0..<100).count == 98)
    #expect(ZipEntry.end(entryCount: 1, directory: 1 << 32..<1 << 32 + 47).count == 98)
  }

  /// Five gigabytes of zeros that take no room on disk, and a small array after them.
  @Test func arraysBeyond4GiBAreRead() throws {
    try withTemporaryFolder { folder in
      let path = ProcessInfo.processInfo.environment["MAEST_KEEP_LARGE_ARCHIVE"] ?? folder + "/x.npz"
      let count = 5 << 28
      let small = try Data(contentsOf: URL(filePath: Fixtures.path("arrays/c-order.npy")))
      var header = small.prefix(128)
      header.replaceSubrange(64..<127, with: Data(repeating: UInt8(ascii: " "), count: 63))
      let fields = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(count),), }"
      header.replaceSubrange(10..<10 + fields.utf8.count, with: Data(fields.utf8))
      let large = ZipEntry(name: "large.npy", byteCount: 128 + 4 * count, headerOffset: 0)
      let second = ZipEntry(
        name: "small.npy", byteCount: small.count, headerOffset: large.localHeader.count + large.byteCount,
        checksum: small.withUnsafeBytes { CRC32.of($0, .zip) })
      let start = second.headerOffset + second.localHeader.count + second.byteCount
      let directory = large.directoryEntry + second.directoryEntry
      try Data().write(to: URL(filePath: path))
      let file = try FileHandle(forWritingTo: URL(filePath: path))
      try file.write(contentsOf: large.localHeader + header)
      try file.seek(toOffset: UInt64(second.headerOffset))
      try file.write(contentsOf: second.localHeader + small + directory)
      try file.write(contentsOf: ZipEntry.end(entryCount: 2, directory: start..<start + directory.count))
      try file.close()
      let archive = try ArrayFile(path: path)
      #expect(archive.arrays.map(\.shape) == [[count], [2, 3, 4]])
      #expect(try archive.slices(count - 3..<count, of: "large").elements == [0, 0, 0])
      #expect(try archive.tensor(named: "small").elements == (0..<24).map(Float.init))
    }
  }

  @Test func largeEndsThatAreNotThere() throws {
    let end = ZipEntry.end(entryCount: 1, directory: 1 << 32..<1 << 32 + 47)
    try expectFault(.wrongLargeEnd(offset: 1 << 32 + 47, locator: 10 + 56)) {
      $0.bytes = Data("PK12345678".utf8) + end
    }
    // It is there, and the directory that it tells of is not.
    try expectFault(.misplacedDirectory(offset: 1 << 32, byteCount: 47, end: 10)) {
      $0.bytes = Data("PK12345678".utf8) + end
      $0.set(10 + 56 + 8, UInt64(10))
    }
    try expectFault(.wrongLargeEnd(offset: .max, locator: 10 + 56)) {
      $0.bytes = Data("PK12345678".utf8) + end
      $0.set(10 + 56 + 8, UInt64.max)
    }
  }

  @Test func checksums() {
    func checksum(_ text: String) -> UInt32 { Data(text.utf8).withUnsafeBytes { CRC32.of($0, .zip) } }
    #expect(checksum("") == 0)
    #expect(checksum("123456789") == 0xcbf4_3926)
    #expect(checksum("The quick brown fox jumps over the lazy dog") == 0x414f_a339)
  }
}
