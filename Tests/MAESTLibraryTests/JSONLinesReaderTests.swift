import Foundation
import MAESTLibrary
import MAESTTestSupport
import Testing

@Suite struct JSONLinesReaderTests {
  private func lines(
    of text: String, pieceSize: Int, longestLine: Int = 1000,
    _ check: (JSONLinesReader, [JSONLine]) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.jsonl"
      try Data(text.utf8).write(to: URL(filePath: path))
      let reader = try JSONLinesReader(path: path, longestLine: longestLine, pieceSize: pieceSize)
      var lines: [JSONLine] = []
      while let line = try reader.next() { lines.append(line) }
      #expect(try reader.next() == nil)
      try check(reader, lines)
    }
  }

  static let texts = [
    "", "\n", "a", "a\n", "\n\n", "ab\n\ncdé\n", "ab\ncd", "1234567\n12345678\n123456789\n1\n", "\na",
  ]

  @Test(arguments: texts, [1, 2, 3, 8, 9, 4096])
  func `lines, their places and ends`(text: String, pieceSize: Int) throws {
    try lines(of: text, pieceSize: pieceSize) { reader, lines in
      let ended = text.utf8.last == UInt8(ascii: "\n") || text.isEmpty
      var expected = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
        Data($0)
      }
      if ended { expected.removeLast() }
      #expect(lines.map(\.bytes) == expected)
      #expect(lines.map(\.number) == Array(1..<expected.count + 1))
      #expect(lines.map(\.isComplete) == expected.indices.map { ended || $0 < expected.count - 1 })
      #expect(lines.map(\.offset) == [0] + lines.dropLast().map(\.endOffset) || lines.isEmpty)
      #expect((lines.last?.endOffset ?? 0) == text.utf8.count)
      for line in lines.shuffled() {
        let again = try reader.read(offset: line.offset, count: line.bytes.count)
        #expect(again == line.bytes)
      }
    }
  }

  @Test func `a line longer than any record is refused, not kept in memory`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.jsonl"
      try Data(("short\n" + String(repeating: "x", count: 500)).utf8).write(to: URL(filePath: path))
      let reader = try JSONLinesReader(path: path, longestLine: 100, pieceSize: 16)
      #expect(try reader.next()?.bytes == Data("short".utf8))
      #expect(throws: RecordOutputError.notRecords(path: path, found: "line 2 is longer than 100 bytes")) {
        try reader.next()
      }
    }
  }

  @Test func `what is no file, or gone, is an error`() throws {
    try withTemporaryFolder { folder in
      #expect(throws: RecordOutputError.cannotRead(path: folder, reason: "not a file")) {
        try JSONLinesReader(path: folder)
      }
      #expect(throws: RecordOutputError.cannotRead(path: folder + "/x", reason: "No such file or directory"))
      {
        try JSONLinesReader(path: folder + "/x")
      }
      let path = folder + "/a.jsonl"
      try Data("12345\n".utf8).write(to: URL(filePath: path))
      let reader = try JSONLinesReader(path: path)
      _ = try reader.next()
      #expect(truncate(path, 2) == 0)
      #expect(throws: RecordOutputError.cannotRead(path: path, reason: "it became shorter while it was read"))
      {
        try reader.read(offset: 0, count: 5)
      }
    }
  }
}
