/// The four bytes at the beginning of a frame of MPEG audio.
///
/// Source: ISO/IEC 11172-3, 2.4.2.3, and ISO/IEC 13818-3; version 2.5 is an extension of Fraunhofer.
struct MPEGHeader: Equatable {
  /// The length of a header in bytes.
  static let byteCount = 4

  enum Version: Equatable {
    case one, two, twoAndHalf
  }

  let version: Version
  /// 1 to 3.
  let layer: Int
  /// In hertz.
  let sampleRate: Int
  /// 1 or 2.
  let channelCount: Int
  /// The length of the frame in bytes, header included.
  let frameLength: Int

  /// - Parameter bytes: four bytes.
  /// - Returns: nil if they are no header, or one of a frame in free format, whose length is not known.
  init?(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
    guard first == 0xFF, second & 0xE0 == 0xE0 else { return nil }
    switch second >> 3 & 3 {
    case 0: version = .twoAndHalf
    case 2: version = .two
    case 3: version = .one
    default: return nil
    }
    layer = 4 - Int(second >> 1 & 3)
    let (rateIndex, bitrateIndex) = (Int(third >> 2 & 3), Int(third >> 4))
    guard layer < 4, rateIndex < 3, (1...14).contains(bitrateIndex), fourth & 3 != 2 else { return nil }
    let divisor = version == .one ? 1 : version == .two ? 2 : 4
    sampleRate = [44100, 48000, 32000][rateIndex] / divisor
    channelCount = fourth >> 6 == 3 ? 1 : 2
    let bitrate = 1000 * Self.bitrates(version, layer: layer)[bitrateIndex - 1]
    let padding = Int(third >> 1 & 1)
    frameLength =
      layer == 1
      ? 4 * (12 * bitrate / sampleRate + padding)
      : (layer == 3 && version != .one ? 72 : 144) * bitrate / sampleRate + padding
  }

  /// Samples of each channel in a frame.
  var frameCount: Int { layer == 1 ? 384 : layer == 3 && version != .one ? 576 : 1152 }

  /// The bytes between the header of a frame of layer 3 and its data.
  var sideInformationLength: Int {
    version == .one ? (channelCount == 1 ? 17 : 32) : (channelCount == 1 ? 9 : 17)
  }

  var layout: SampleLayout { SampleLayout(sampleRate: sampleRate, channelCount: channelCount) }

  /// Whether both may be headers of one stream, whose bitrate may change.
  func isCompatible(with other: MPEGHeader) -> Bool {
    version == other.version && layer == other.layer && layout == other.layout
  }

  /// The bitrates of the indices 1 to 14, in kbit/s.
  private static func bitrates(_ version: Version, layer: Int) -> [Int] {
    switch (version, layer) {
    case (.one, 1): [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448]
    case (.one, 2): [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384]
    case (.one, _): [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
    case (_, 1): [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256]
    case (_, _): [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
    }
  }
}

extension ByteSource {
  /// The header of MPEG audio at an offset from the next byte; nil if there is none.
  func mpegHeader(at offset: Int) -> MPEGHeader? {
    guard look(offset + MPEGHeader.byteCount) == offset + MPEGHeader.byteCount, self[offset] == 0xFF else {
      return nil
    }
    return MPEGHeader(self[offset], self[offset + 1], self[offset + 2], self[offset + 3])
  }
}
