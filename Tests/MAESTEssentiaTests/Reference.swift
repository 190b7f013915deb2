import MAEST
import MAESTEssentia
import MAESTTestSupport

/// The reference graphs and what the real Essentia gives for them.
enum Reference {
  static let version1 = Fixtures.path("graphs/discogs-maest-5s-tiny-1.pb")
  static let version2 = Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb")
  static let head = Fixtures.path("graphs/genre_discogs400-discogs-maest-5s-tiny-1.pb")
  static let mono = Fixtures.path("audio/mono-16k.wav")
  static let short = Fixtures.path("audio/short-16k.wav")

  /// 12.3 s.
  static let signal = Result { try AudioLoader().load(mono).samples }

  static func expected(_ name: String) throws -> NumPyArray {
    try NumPyArray(contentsOfFile: Fixtures.path("expected/\(name).npy"))
  }

  /// Output `number` of the first graph.
  static func expected(output number: Int) throws -> NumPyArray {
    try expected("predictions-v1/StatefulPartitionedCall_\(number)")
  }

  /// What the second graph calls output `number` of the first: logits, layers 1 to 12, activations, not in the
  /// alphabetical order of `activations`, `layer_0`, `layer_10`, `layer_11`, `layer_1` ... `logits`.
  static func version2Number(ofVersion1 number: Int) -> Int {
    switch number {
    case 0: 13
    case 13: 0
    case 1: 1
    case 2, 3: number + 9
    default: number - 2
    }
  }

  /// The error that `body` throws; records an issue where it throws none or another kind.
  static func error(_ body: () throws -> Void) -> EssentiaError? {
    do { try body() } catch { return error as? EssentiaError }
    return nil
  }
}
