/// Patch size and hop according to the graph's file name, as in Essentia's `TensorflowPredictMAEST`.
enum PatchSizeRule {
  struct Sizes: Equatable {
    var patchSize: Int
    var patchHopSize: Int
  }

  /// Essentia's defaults, those of the 30 s models.
  static let standard = Sizes(patchSize: 1876, patchHopSize: 1875)

  /// The sizes that Essentia uses for a graph of this name, overriding the parameters; nil for other names.
  static func sizes(forGraphNamed path: String) -> Sizes? {
    if path.contains("discogs-maest-20s-") { return Sizes(patchSize: 1256, patchHopSize: 1250) }
    if path.contains("discogs-maest-10s-") { return Sizes(patchSize: 626, patchHopSize: 625) }
    if path.contains("discogs-maest-5s-") { return Sizes(patchSize: 316, patchHopSize: 313) }
    return nil
  }
}
