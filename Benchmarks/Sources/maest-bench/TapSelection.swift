import MAEST

/// What a request asks for, in words: "logits", "layer:7", "layers" for all of them.
struct TapSelection {
  let names: [String]
  let taps: Set<Tap>

  init(_ names: [String], of configuration: ModelConfiguration) throws(BenchError) {
    guard !names.isEmpty else { throw .invalidRequest(reason: "no taps") }
    var taps: Set<Tap> = []
    for name in names { taps.formUnion(try Self.taps(name, of: configuration)) }
    self.names = names
    self.taps = taps
  }

  private static func taps(_ name: String, of configuration: ModelConfiguration) throws(BenchError) -> Set<
    Tap
  > {
    switch name {
    case "logits":
      guard configuration.head != nil else { throw .noHead }
      return [.logits]
    case "layers": return Set((1...configuration.blockCount).map { .blockOutput(layer: $0) })
    default:
      let parts = name.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0] == "layer", let layer = Int(parts[1]) else {
        throw .unknownTap(name: name)
      }
      guard (1...configuration.blockCount).contains(layer) else {
        throw .noSuchLayer(layer: layer, layerCount: configuration.blockCount)
      }
      return [.blockOutput(layer: layer)]
    }
  }
}
