import Foundation
import MAEST
import MAESTFiles
import MAESTTestSupport
import Testing

/// Arrays read back as they were written, by the package, NumPy and safetensors.
@Suite struct ArrayFileReadingTests {
  private struct Facts: Codable, Equatable {
    var model = "ü"
    var layers = [7]
  }

  private let values: [Float] = [0.1, -0.0, 0x1p-140, 3.4028235e38, -1.5, .infinity, 65504, .nan]

  private func fixture(_ name: String) throws -> ArrayFile {
    try ArrayFile(path: Fixtures.path("arrays/\(name)"))
  }

  private static let cube = Tensor(shape: [2, 3, 4], elements: (0..<24).map(Float.init))

  @Test(arguments: ArrayFileFormat.allCases, ArrayElementType.allCases)
  func whatWasWrittenReadsBack(format: ArrayFileFormat, elementType: ArrayElementType) throws {
    try withTemporaryFolder { folder in
      // The name says nothing: the contents do.
      let (path, other) = (folder + "/tokens.\(format.rawValue)", folder + "/x.renamed")
      let writer = try ArrayFileWriter(path: path, elementType: elementType)
      for factor: Float in [1, 2] {
        try writer.append(Tensor(shape: [2, 4], elements: values.map { $0 * factor }), to: "tokens")
      }
      if !format.holdsOneArray {
        try writer.add(Tensor(shape: [], elements: [2.5]), named: "ü 'number' {}")
        try writer.add(Tensor(shape: [2, 0, 3], elements: []), named: "nothing")
      }
      try writer.commit(metadata: Facts())
      let file = try ArrayFile(path: path)
      #expect(file.format == format)
      let names = format.holdsOneArray ? ["tokens"] : ["tokens", "ü 'number' {}", "nothing"]
      #expect(Set(file.arrays.map(\.name)) == Set(names) && file.arrays.count == names.count)
      let stored = elementType.decode(elementType.encode((values + values.map { $0 * 2 })))
      let expected = format == .json ? stored.map { $0.isFinite ? $0 : .nan } : stored
      let tokens = try file.tensor(named: "tokens")
      #expect(tokens.shape == [2, 2, 4])
      expectIdentical(tokens.elements, expected)
      let second = try file.slices(1..<2, of: "tokens")
      #expect(second.shape == [1, 2, 4])
      expectIdentical(second.elements, Array(expected[8...]))
      #expect(try file.slices(1..<1, of: "tokens").shape == [0, 2, 4])
      if !format.holdsOneArray {
        #expect(try file.tensor(named: "ü 'number' {}") == Tensor(shape: [], elements: [2.5]))
        #expect(try file.tensor(named: "nothing") == Tensor(shape: [2, 0, 3], elements: []))
      }
      #expect(try file.metadata(as: Facts.self) == (format == .npy ? nil : Facts()))
      try FileManager.default.moveItem(atPath: path, toPath: other)
      #expect(try ArrayFile(path: other).format == format)
    }
  }

  @Test(arguments: [("little-endian.npz", "<"), ("big-endian.npz", ">")])
  func everyTypeOfNumPy(name: String, order: String) throws {
    let file = try fixture(name)
    let types = ["b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]
    #expect(file.arrays.map(\.name) == types)
    #expect(file.arrays.map(\.elementType) == types.map { ($0.hasSuffix("1") ? "|" : order) + $0 })
    func expect<Integer: FixedWidthInteger>(_ type: String, _: Integer.Type) throws {
      let expected = [Integer.min, 0, 1, 77, Integer.max - 1, Integer.max].map { Float($0) }
      #expect(try file.tensor(named: type) == Tensor(shape: [2, 3], elements: expected))
    }
    try expect("i1", Int8.self)
    try expect("u1", UInt8.self)
    try expect("i2", Int16.self)
    try expect("u2", UInt16.self)
    try expect("i4", Int32.self)
    try expect("u4", UInt32.self)
    try expect("i8", Int64.self)
    try expect("u8", UInt64.self)
    #expect(try file.tensor(named: "b1") == Tensor(shape: [1, 3], elements: [1, 0, 1]))
    // The largest and the smallest number; of float64 neither has a place in single precision.
    let limits: [(String, Float, Float, Float)] = [
      ("f2", 0.0999755859375, 65504, 0x1p-24), ("f4", 0.1, .greatestFiniteMagnitude, .leastNonzeroMagnitude),
      ("f8", 0.1, .infinity, 0),
    ]
    for (type, tenth, largest, smallest) in limits {
      let found = try file.tensor(named: type).elements
      expectIdentical(Array(found.dropLast()), [tenth, -1.5, largest, smallest, -.infinity], type)
      #expect(found[5].isNaN)
    }
    #expect(try file.slices(1..<2, of: "i8").elements.first == 77)
  }

  @Test(arguments: ["c-order", "fortran-order", "version-2", "version-3"])
  func everyHeaderOfNumPy(name: String) throws {
    let file = try fixture(name + ".npy")
    #expect(file.arrays == [.init(name: name, shape: [2, 3, 4], elementType: "<f4")])
    #expect(try file.tensor(named: name) == Self.cube)
    #expect(try file.slices(1..<2, of: name).elements == Array(Self.cube.elements[12...]))
  }

  @Test func anArchiveWrittenToAPipe() throws {
    let file = try fixture("piped.npz")
    #expect(try file.tensor(named: "x") == Self.cube)
    #expect(try file.tensor(named: "y") == Self.cube[slice: 0])
  }

  @Test func arraysThatAreNoNumbersStandBesideOthers() throws {
    let file = try fixture("mixed.npz")
    #expect(file.arrays.map(\.name) == ["number", "nothing", "text", "complex", "fields"])
    #expect(try file.tensor(named: "number") == Tensor(shape: [], elements: [2.5]))
    #expect(try file.tensor(named: "nothing") == Tensor(shape: [0, 3], elements: []))
    #expect(try file.metadata(as: Facts.self) == Facts())
    let types = ["text": "<U2", "complex": "<c16", "fields": "[('a', '<i4'), ('b]', '<f8')]"]
    for (name, type) in types {
      let error = ArrayReadError.unsupportedType(path: file.path, name: name, found: type)
      #expect(throws: error) { try file.tensor(named: name) }
      #expect(throws: error) { try file.slices(0..<1, of: name) }
    }
  }

  @Test func tensorsOfTheSafeTensorsLibrary() throws {
    let file = try fixture("library.safetensors")
    #expect(Set(file.arrays.map(\.elementType)) == ["F16", "F32", "I64", "BOOL"])
    let half: [Float] = [0.0999755859375, -2, 65504, 0x1p-24]
    #expect(try file.tensor(named: "half") == Tensor(shape: [2, 2], elements: half))
    #expect(try file.tensor(named: "single") == Tensor(shape: [], elements: [0.1]))
    #expect(try file.tensor(named: "long") == Tensor(shape: [1, 2], elements: [-0x1p53, 3]))
    #expect(try file.tensor(named: "flag") == Tensor(shape: [3], elements: [1, 0, 1]))
    #expect(try file.metadata(as: Facts.self) == Facts())
  }

  @Test func brainFloats() throws {
    try withTemporaryFolder { folder in
      let tensor = TensorSource(name: "x", shape: [3], elementType: .brainFloat16) { sink in
        try sink(Data([0x80, 0x3f, 0x40, 0xc0, 0x80, 0x7f]))
      }
      try SafeTensorsWriter.write([tensor], metadata: [:], to: folder + "/x", aligned: false)
      let file = try ArrayFile(path: folder + "/x")
      #expect(try file.tensor(named: "x") == Tensor(shape: [3], elements: [1, -3, .infinity]))
      #expect(try file.metadata(as: Facts.self) == nil)
    }
  }

  /// As many patches as make a header of more than a megabyte, the limit of weight files.
  @Test(arguments: [ArrayFileFormat.npz, .safetensors, .json])
  func longMetadata(format: ArrayFileFormat) throws {
    try withTemporaryFolder { folder in
      let writer = try ArrayFileWriter(path: folder + "/x.\(format.rawValue)")
      try writer.add(Self.cube, named: "x")
      let facts = Facts(layers: Array(100_000..<400_000))
      try writer.commit(metadata: facts)
      let file = try ArrayFile(path: folder + "/x.\(format.rawValue)")
      #expect(try file.tensor(named: "x") == Self.cube)
      #expect(try file.metadata(as: Facts.self) == facts)
    }
  }
}
