/// The converters of libsamplerate, best first. The raw values are those of Essentia's `resampleQuality`
/// and of the library itself.
public enum ResampleQuality: Int, Sendable, CaseIterable {
  /// Band-limited sinc interpolation, best quality, slow.
  case sincBest = 0

  /// Band-limited sinc interpolation, medium quality.
  case sincMedium = 1

  /// Band-limited sinc interpolation, fastest.
  case sincFastest = 2

  /// Zero-order hold: repeats the last sample.
  case zeroOrderHold = 3

  /// Linear interpolation: very fast, with aliasing. The converter used with the MAEST models.
  case linear = 4
}
