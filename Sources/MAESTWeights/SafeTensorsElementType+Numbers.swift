import MAESTTensor

extension SafeTensorsElementType {
  /// Converts the elements in `bytes` to single precision, in order.
  ///
  /// 64-bit and 32-bit numbers are rounded to the nearest value; float64 values beyond the range of single precision
  /// become infinite. The other types are exact. A boolean is 0 or 1.
  package func numbers(in bytes: UnsafeRawBufferPointer, isBigEndian: Bool = false) -> [Float] {
    func convert<Word: FixedWidthInteger>(_ number: (Word) -> Float) -> [Float] {
      let size = MemoryLayout<Word>.size
      return (0..<bytes.count / size).map { index in
        let word = bytes.loadUnaligned(fromByteOffset: index * size, as: Word.self)
        return number(isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word))
      }
    }
    switch self {
    case .bool: return convert { (byte: UInt8) in byte == 0 ? 0 : 1 }
    case .unsignedInteger8: return convert { (word: UInt8) in Float(word) }
    case .integer8: return convert { (word: Int8) in Float(word) }
    case .integer16: return convert { (word: Int16) in Float(word) }
    case .unsignedInteger16: return convert { (word: UInt16) in Float(word) }
    case .float16: return convert { (word: UInt16) in HalfPrecision.number(word) }
    case .brainFloat16: return convert { (word: UInt16) in Float(bitPattern: UInt32(word) << 16) }
    case .integer32: return convert { (word: Int32) in Float(word) }
    case .unsignedInteger32: return convert { (word: UInt32) in Float(word) }
    case .float32: return convert { (word: UInt32) in Float(bitPattern: word) }
    case .float64: return convert { (word: UInt64) in Float(Double(bitPattern: word)) }
    case .integer64: return convert { (word: Int64) in Float(word) }
    case .unsignedInteger64: return convert { (word: UInt64) in Float(word) }
    }
  }
}
