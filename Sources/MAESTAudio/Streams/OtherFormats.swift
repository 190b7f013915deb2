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
}
