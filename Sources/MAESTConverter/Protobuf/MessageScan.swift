/// Looks through a serialised protobuf message before it is decoded.
///
/// A field of two bytes becomes a value of a hundred in memory, so that decoding a file that is made for it takes
/// fifty times its size. Counting fields takes no memory; a file with more of them than `limit` allows is refused.
struct MessageScan {
  /// What is decoded of a message.
  indirect enum Schema {
    /// Fields that are messages themselves, by number.
    case message([Int: Schema])
    /// Numbers of any length one after the other. (Those of a fixed length take what they take in the file.)
    case numbers
  }

  /// Fields that any file may have; official graphs have a quarter of them.
  private static let fieldLimit = 1 << 19
  /// Bytes of the file that allow one more field.
  private static let bytesPerField = 16
  /// What a message counts beyond its fields.
  private static let messageWeight = 2
  /// Bytes of packed numbers that count as one field.
  private static let numbersPerField = 8

  private let bytes: UnsafeRawBufferPointer
  private let limit: Int
  private var fieldCount = 0

  /// What is wrong with a message that has too many fields; nil for any other, also for a malformed one.
  static func excess(in bytes: UnsafeRawBufferPointer, _ schema: Schema) -> String? {
    var scan = MessageScan(bytes: bytes, limit: fieldLimit + bytes.count / bytesPerField)
    scan.walk(0..<bytes.count, schema)
    return scan.fieldCount > scan.limit
      ? "it has more than \(scan.limit) fields in \(bytes.count) bytes" : nil
  }

  private init(bytes: UnsafeRawBufferPointer, limit: Int) {
    self.bytes = bytes
    self.limit = limit
  }

  /// Counts the fields of the message in `range`, up to the first that is malformed.
  private mutating func walk(_ range: Range<Int>, _ schema: Schema) {
    guard case .message(let fields) = schema else {
      fieldCount += range.count / Self.numbersPerField
      return
    }
    fieldCount += Self.messageWeight
    var position = range.lowerBound
    while position < range.upperBound, fieldCount <= limit {
      fieldCount += 1
      guard let tag = number(&position, range.upperBound) else { return }
      switch tag & 7 {
      case 0: guard number(&position, range.upperBound) != nil else { return }
      case 1: position += 8
      case 2:
        guard let length = number(&position, range.upperBound), length <= range.upperBound - position else {
          return
        }
        if let inner = fields[Int(tag >> 3)] { walk(position..<(position + Int(length)), inner) }
        position += Int(length)
      case 3, 4: break
      case 5: position += 4
      default: return
      }
    }
  }

  /// A number in groups of seven bits, lowest first; nil where it does not end before `end`.
  private func number(_ position: inout Int, _ end: Int) -> UInt64? {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard position < end else { return nil }
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return result }
    }
    return nil
  }
}

// Field numbers of the messages in this folder's .proto files.

extension MessageScan.Schema {
  /// A message of texts and single numbers.
  private static let text = Self.message([:])
  private static let shape = Self.message([2: text])
  private static let tensor = Self.message([2: shape, 7: .numbers, 10: .numbers, 13: .numbers])
  private static let list = Self.message([3: .numbers, 6: .numbers, 7: shape, 8: tensor, 9: text])
  private static let attribute = Self.message([1: list, 7: shape, 8: tensor, 10: text])
  private static let node = Self.message([5: .message([2: attribute])])
  private static let function = Self.message([1: .message([2: text, 3: text]), 3: node, 4: text])

  static let graphDefinition = Self.message([1: node, 2: .message([1: function])])

  private static let signature = Self.message([1: .message([2: text]), 2: .message([2: text])])
  static let savedModel = Self.message([2: .message([1: text, 5: .message([2: signature])])])
  static let bundleEntry = Self.message([2: shape])
  static let objectGraph = Self.message([1: .message([2: text])])

  private static let onnxTensor = Self.message([1: .numbers, 5: .numbers, 7: .numbers, 13: text])
  private static let onnxAttribute = Self.message([5: onnxTensor, 8: .numbers])
  private static let onnxValue = Self.message([2: .message([1: .message([2: .message([1: text])])])])
  private static let onnxNode = Self.message([5: onnxAttribute])
  private static let onnxGraph = Self.message([
    1: onnxNode, 5: onnxTensor, 11: onnxValue, 12: onnxValue,
  ])
  private static let onnxFunction = Self.message([7: onnxNode, 9: text, 11: onnxAttribute])
  static let onnxModel = Self.message([7: onnxGraph, 8: text, 25: onnxFunction])
}
