/// Something that a listener should know about a decoded file: sound that is missing, or that a mix to one channel
/// loses.
///
/// As JSON: `{"code": "damaged", "at": 5.99, "seconds": 0.19, "message": "..."}`; unknown numbers are omitted.
public struct AudioWarning: Sendable, Hashable, Codable {
  /// The kind of warning; its name is the same in every version.
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    /// A part of the file cannot be decoded and was left out.
    case damaged

    /// The file ends before the sound that its header or its last frame announces.
    case cutShort

    /// The file has bytes that are neither sound that can be decoded nor tags nor padding.
    case unreadBytes

    /// The sample rate or the number of channels changes within the file. All of it was decoded.
    case formatChanges

    /// The header gives a number of frames that is not that of the file. All of it was decoded.
    case wrongLength

    /// The channels cancel each other in the mix to one channel: the analysed signal is almost silent, the file is not.
    case channelsCancel

    /// All samples are zero.
    case silent

    /// The sound is cut off at full scale in many places.
    case clipped
  }

  public var code: Code

  /// Where in the decoded sound it begins, in seconds; nil: unknown, or all of it.
  public var at: Double?

  /// How many seconds it concerns: of missing sound (an estimate), or of clipped sound; nil: unknown, or all of it.
  public var seconds: Double?

  /// For people: what was found.
  public var message: String

  public init(_ code: Code, at: Double? = nil, seconds: Double? = nil, message: String) {
    self.code = code
    self.at = at
    self.seconds = seconds
    self.message = message
  }

  /// Whether sound of the file is missing.
  public var isLoss: Bool {
    switch code {
    case .damaged, .cutShort, .unreadBytes: true
    case .formatChanges, .wrongLength, .channelsCancel, .silent, .clipped: false
    }
  }
}

extension Sequence<AudioWarning> {
  /// The seconds of sound that are missing, as far as they are known; nil if none are missing.
  public var lostSeconds: Double? {
    let losses = filter(\.isLoss)
    return losses.isEmpty ? nil : losses.reduce(0) { $0 + ($1.seconds ?? 0) }
  }
}
