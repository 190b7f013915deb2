/// Formats that are decoded elsewhere.
enum OtherFormats {
  /// Whether the next bytes are the mark of one of them.
  static func areNext(in source: ByteSource) -> Bool {
    let marks: [StaticString] = [
      "RIFF", "RIFX", "RF64", "BW64", "FORM", "caff", ".snd", "riff", "MAC ", "wvPk", "TTA1", "MPCK", "MP+",
      "#!AMR",
      "FLV", "DSD ", "FRM8",
    ]
    return marks.contains { source.begins(with: $0) } || source.begins(with: "ftyp", at: 4)
      || source.begins(with: "moov", at: 4) || source.begins(with: "mdat", at: 4)
      || (source.look(4) == 4 && source[0] == 0x1A && source[1] == 0x45 && source[2] == 0xDF
        && source[3] == 0xA3)
      || (source.look(4) == 4 && source[0] == 0x30 && source[1] == 0x26 && source[2] == 0xB2
        && source[3] == 0x75)
  }

  /// Whether the next bytes are those of MPEG video, whose sound lies in packets: of a program stream or a transport
  /// stream.
  static func isVideoNext(in source: ByteSource) -> Bool {
    source.begins(with: "\0\0\u{1}") || isTransportStream(source)
  }

  /// MPEG-2 transport streams have a mark in every packet of 188 bytes, which may have 4 bytes before it.
  private static func isTransportStream(_ source: ByteSource) -> Bool {
    let count = 4
    return [(0, 188), (4, 192)].contains { start, length in
      source.look(start + count * length) == start + count * length
        && (0..<count).allSatisfy { source[start + $0 * length] == 0x47 }
    }
  }
}
