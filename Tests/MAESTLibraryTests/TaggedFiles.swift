import Foundation

/// Puts tags into the bytes of audio files; the sound stays.
enum TaggedFiles {
  private static func number<Value: FixedWidthInteger>(_ value: Value) -> Data {
    withUnsafeBytes(of: value.littleEndian) { Data($0) }
  }

  /// A WAV file with a title in a chunk behind the samples.
  static func wav(_ file: Data, title: String) -> Data {
    let text = Data(title.utf8) + Data(count: title.utf8.count % 2)
    let chunk = Data("INFOINAM".utf8) + number(UInt32(text.count)) + text
    let whole = file + Data("LIST".utf8) + number(UInt32(chunk.count)) + chunk
    return whole.prefix(4) + number(UInt32(whole.count - 8)) + whole.dropFirst(8)
  }

  /// A FLAC file with these Vorbis comments in place of its own.
  static func flac(_ file: Data, comments: [String]) -> Data {
    var vendorAndComments = number(UInt32(0)) + number(UInt32(comments.count))
    for comment in comments { vendorAndComments += number(UInt32(comment.utf8.count)) + Data(comment.utf8) }
    var blocks: [(type: UInt8, bytes: Data)] = []
    var place = 4
    while true {
      let header = [UInt8](file[file.startIndex + place..<file.startIndex + place + 4])
      let length = Int(header[1]) << 16 | Int(header[2]) << 8 | Int(header[3])
      let start = file.startIndex + place + 4
      if header[0] & 0x7F != 4 { blocks.append((header[0] & 0x7F, file[start..<start + length])) }
      place += 4 + length
      if header[0] & 0x80 != 0 { break }
    }
    blocks.insert((4, vendorAndComments), at: 1)
    var result = Data("fLaC".utf8)
    for (index, block) in blocks.enumerated() {
      let count = block.bytes.count
      let last: UInt8 = index == blocks.count - 1 ? 0x80 : 0
      result += [last | block.type, UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
      result += block.bytes
    }
    return result + file.dropFirst(place)
  }
}
