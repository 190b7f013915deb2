import MAESTFrontEnd

/// The decoder of a stream of one format, from its first byte in a source to its end, where another part may follow.
protocol StreamPart: AnyObject {
  /// The decoder's name, for `AudioSource.decoder`.
  var name: String { get }

  /// Container and encoding in words.
  var formatName: String { get }

  /// The arrangement of the samples that the last `read` returned; before the first one, of those that it will return.
  var layout: SampleLayout { get }

  /// The frame count of this part in its header; nil if there is none.
  var expectedFrameCount: Int? { get }

  /// Decodes the next samples.
  ///
  /// - Parameters:
  ///   - interleaved: empty; the samples are appended, all of one layout; the last frame may be incomplete.
  ///   - damage: receives what is missing.
  /// - Returns: false at the end of the part, without samples. The source is then at the first byte after the part.
  func read(into interleaved: inout [Float], damage: inout PartDamage) -> Bool
}

/// Where a part reports what is missing, in seconds of the whole file.
struct PartDamage {
  var log = DamageLog()

  /// The time at which the part begins.
  var start = 0.0

  /// - Parameter at: in seconds of the part.
  mutating func add(_ code: AudioWarning.Code, at: Double, seconds: Double?, _ message: String) {
    log.add(code, at: start + at, seconds: seconds, message: message)
  }
}
