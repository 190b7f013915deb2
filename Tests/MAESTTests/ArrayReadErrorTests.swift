import Foundation
import MAEST
import MAESTTestSupport
import Testing

/// Files of arrays that are damaged or lie: an error for each way, and no trap.
@Suite struct ArrayReadErrorTests {
  private func open(_ bytes: Data, _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try bytes.write(to: URL(filePath: folder + "/x"))
      try body(folder + "/x")
    }
  }

  private func numPy(_ dictionary: String, version: [UInt8] = [1, 0], elements: Int = 24) -> Data {
    let length = dictionary.utf8.count
    let bytes: [UInt8] = [0x93] + "NUMPY".utf8 + version + [UInt8(length & 0xff), UInt8(length >> 8)]
    return Data(bytes + (version[0] > 1 ? [0, 0] : []) + dictionary.utf8) + Data(count: elements)
  }

  private let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }"

  @Test func filesThatCannotBeOpened() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: URL(filePath: folder + "/empty"))
      for (path, reason) in [
        (folder + "/missing", "no such file"), (folder, "not a regular file"),
        (folder + "/empty", "the file is empty"),
      ] {
        #expect(throws: ArrayReadError.unreadable(path: path, reason: reason)) { try ArrayFile(path: path) }
      }
    }
  }

  @Test(arguments: ["x", "[1, 2]", "\u{93}NUMPY", "PC", "nothing of the kind", "        "])
  func otherFiles(text: String) throws {
    try open(Data(text.utf8)) { (path: String) throws in
      #expect(throws: ArrayReadError.unknownFormat(path: path)) { try ArrayFile(path: path) }
    }
  }

  @Test func anArrayThatIsNotThere() throws {
    let file = try ArrayFile(path: Fixtures.path("arrays/piped.npz"))
    let error = ArrayReadError.noSuchArray(path: file.path, name: "z", names: ["x", "y"])
    #expect(throws: error) { try file.tensor(named: "z") }
    #expect(throws: error) { try file.slices(0..<1, of: "z") }
  }

  // MARK: - NumPy

  private func expectFault(_ bytes: Data, _ fault: NumPyFault) throws {
    try open(bytes) { (path: String) throws in
      #expect(throws: ArrayReadError.numPy(path: path, entry: nil, fault)) { try ArrayFile(path: path) }
    }
  }

  @Test func headersOfNumPyThatAreCutOff() throws {
    let bytes = numPy(good)
    for count in [6, 8, 12] {
      try expectFault(bytes.prefix(count), .truncatedHeader(expected: 12, found: count))
    }
    let end = 10 + good.utf8.count
    try expectFault(bytes.prefix(end - 1), .truncatedHeader(expected: end, found: end - 1))
  }

  @Test(arguments: [[0, 0], [1, 1], [4, 0], [255, 255]] as [[UInt8]])
  func versionsOfNumPyThatAreUnknown(version: [UInt8]) throws {
    try expectFault(
      numPy(good, version: version), .unknownVersion(major: version[0], minor: version[1]))
  }

  @Test func headersOfNumPyThatAreTooLong() throws {
    let longest = good + String(repeating: " ", count: 10_000 - good.utf8.count)
    try open(numPy(longest)) { path in
      let shape = try ArrayFile(path: path).arrays[0].shape
      #expect(shape == [3, 2])
    }
    try expectFault(numPy(longest + " "), .headerLength(found: 10_001, most: 10_000))
    var bytes = numPy(good, version: [2, 0])
    bytes.replaceSubrange(8..<12, with: [255, 255, 255, 255])
    try expectFault(bytes, .headerLength(found: 0xffff_ffff, most: 10_000))
  }

  @Test(arguments: [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)}",
    "{ \"shape\" : (3L, 2L) , 'fortran_order':False,'descr':'<f4'}\n",
  ])
  func otherSpellingsOfAHeader(text: String) throws {
    try open(numPy(text)) { (path: String) throws in
      #expect(try ArrayFile(path: path).arrays[0].shape == [3, 2])
    }
  }

  @Test(arguments: [
    "", "{", "{}", "x", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), } x",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), 'more': 1}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)}",
    "{'descr': '<f4' 'fortran_order': False, 'shape': (3, 2)}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (3, 2)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (6)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-3, -2)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3 2)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2",
    "{'descr': '<f4', 'fortran_order': False, 'shape': [3, 2]}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 0)}",
    "{'descr': '<f4, 'fortran_order': False, 'shape': (3, 2)}",
    "{'descr': '<\\'f4', 'fortran_order': False, 'shape': (3, 2)}",
    "{'descr': [('a', '<f4', 'fortran_order': False, 'shape': (3, 2)}",
    "{'descr': None, 'fortran_order': False, 'shape': (3, 2)}",
  ])
  func headersOfNumPyThatAreNone(text: String) throws {
    try expectFault(numPy(text), .malformedHeader(text))
  }

  @Test func axesBeyondTheLimit() throws {
    func header(_ count: Int) -> String {
      let sizes = String(repeating: "1, ", count: count)
      return "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
    }
    try open(numPy(header(32), elements: 4)) { (path: String) throws in
      #expect(try ArrayFile(path: path).tensor(named: "x").rank == 32)
    }
    try expectFault(numPy(header(33), elements: 4), .tooManyAxes(count: 33, most: 32))
  }

  @Test func shapesThatTheBytesDoNotFit() throws {
    for count in [0, 23, 25, 48] {
      try expectFault(
        numPy(good, elements: count),
        .wrongByteCount(shape: [3, 2], elementType: "<f4", found: count, expected: 24))
    }
    let huge = good.replacing("(3, 2)", with: "(4294967296, 4294967296)")
    try expectFault(
      numPy(huge),
      .wrongByteCount(shape: [1 << 32, 1 << 32], elementType: "<f4", found: 24, expected: nil))
  }

  @Test(arguments: ["f4", "=f4", "|f4", "<f3", "<c8", "|O", "<M8[ns]", "|V4", "", "<", "é"])
  func typesThatAreNoNumbers(type: String) throws {
    try open(numPy(good.replacing("<f4", with: type))) { path in
      let file = try ArrayFile(path: path)
      #expect(throws: ArrayReadError.unsupportedType(path: path, name: "x", found: type)) {
        try file.tensor(named: "x")
      }
    }
  }

  // MARK: - Others

  @Test func safeTensorsThatAreCutOff() throws {
    let bytes = try Data(contentsOf: URL(filePath: Fixtures.path("arrays/library.safetensors")))
    try open(bytes.dropLast()) { path in
      let error = WeightError.wrongFileSize(path: path, expected: 31, found: 30)
      #expect(throws: ArrayReadError.safeTensors(error)) { try ArrayFile(path: path) }
    }
    try open(bytes.prefix(40)) { (path: String) throws in
      #expect(throws: ArrayReadError.self) { try ArrayFile(path: path) }
    }
  }

  @Test(arguments: [
    "{", "{}", #"{"arrays": 1}"#, #"{"arrays": {"x": {}}}"#,
    #"{"arrays": {"x": {"dtype": "int8", "shape": [1], "values": [1]}}}"#,
    #"{"arrays": {"x": {"dtype": "float32", "shape": [2], "values": [1]}}}"#,
    #"{"arrays": {"x": {"dtype": "float32", "shape": [1], "values": [1, 2]}}}"#,
    #"{"arrays": {"x": {"dtype": "float32", "shape": [2, 2], "values": [[1, 2], [3]]}}}"#,
    #"{"arrays": {"x": {"dtype": "float32", "shape": [2, 1], "values": [[1]]}}}"#,
    #"{"arrays": {"x": {"dtype": "float32", "shape": [1], "values": [[1]]}}}"#,
    #"{"arrays": {"x": {"dtype": "float32", "shape": [1], "values": ["1"]}}}"#,
    #"{"arrays": {"x": {"dtype": "float32", "shape": [], "values": [1]}}}"#,
    #"{"arrays": {"x": {"dtype": "float32", "shape": [2, 0], "values": [1]}}}"#,
    #"{"arrays": {"x": {"dtype": "float32", "shape": [-1], "values": []}}}"#,
    #"{"arrays": {"x": {"dtype": "float32", "shape": [4294967296, 4294967296], "values": []}}}"#,
    #"{"arrays": {"x": {"dtype": "float32", "shape": [1], "values": [1e39]}}}"#,
  ])
  func jsonThatIsNoArrays(text: String) throws {
    try open(Data(text.utf8)) { path in
      let error = #expect(throws: ArrayReadError.self) { try ArrayFile(path: path) }
      guard case .json(path, let reason)? = error else {
        Issue.record("\(text): \(String(describing: error))")
        return
      }
      #expect(!reason.isEmpty)
    }
  }

  @Test func deepJSON() throws {
    let (shape, lists) = ("[\(String(repeating: "1,", count: 32))1]", String(repeating: "[", count: 40_000))
    let text = #"{"arrays": {"x": {"dtype": "float32", "shape": \#(shape), "values": \#(lists)"#
    try open(Data(text.utf8)) { (path: String) throws in
      #expect(throws: ArrayReadError.self) { try ArrayFile(path: path) }
    }
  }

  @Test(arguments: ["mixed.npz", "library.safetensors"])
  func metadataOfAnotherForm(name: String) throws {
    struct Other: Decodable { var model: [Int] }
    let file = try ArrayFile(path: Fixtures.path("arrays/\(name)"))
    let error = #expect(throws: ArrayReadError.self) { try file.metadata(as: Other.self) }
    guard case .metadata(file.path, let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.hasPrefix("model: "))
  }

  @Test func errorsAreShortAndOnOneLine() {
    let name = "a\u{1b}[31m\n" + String(repeating: "x", count: 1000)
    let faults: [NumPyFault] = [
      .wrongMagic, .unknownVersion(major: 9, minor: 1), .truncatedHeader(expected: 12, found: 3),
      .headerLength(found: 70_000, most: 10_000), .malformedHeader(name), .tooManyAxes(count: 40, most: 32),
      .wrongByteCount(shape: [2], elementType: "<f4", found: 3, expected: nil), .notAnArray,
    ]
    let zipFaults: [ZipFault] = [
      .noEndRecord, .wrongLargeEnd(offset: 1, locator: 2), .severalDisks,
      .misplacedDirectory(offset: 1, byteCount: 2, end: 3), .malformedEntry(index: 4),
      .wrongEntryCount(found: 1, expected: 2), .duplicateName(name), .encrypted(name),
      .compressed(name, method: 8), .wrongStoredSize(name, found: 1, expected: 2),
      .outOfRange(name, offset: 1, byteCount: 2, limit: 3), .wrongLocalHeader(name, offset: 1),
      .overlappingEntries(name, name),
    ]
    let errors: [ArrayReadError] =
      [
        .unreadable(path: "p", reason: "r"), .unknownFormat(path: "p"), .json(path: "p", reason: "r"),
        .metadata(path: "p", reason: "r"), .noSuchArray(path: "p", name: name, names: [name]),
        .unsupportedType(path: "p", name: name, found: name),
        .safeTensors(.tooShort(path: "p", byteCount: 3)),
        .wrongChecksum(path: "p", name: name, found: 1, expected: 2),
      ] + faults.map { .numPy(path: "p", entry: name, $0) } + zipFaults.map { .zip(path: "p", $0) }
    for error in errors {
      let text = "\(error)"
      #expect(text.hasPrefix("p: ") && text.count < 500, "\(text)")
      #expect(text.unicodeScalars.allSatisfy { $0.value >= 32 }, "\(text.debugDescription)")
    }
    #expect(Set(errors.map(\.description)).count == errors.count)
  }
}
