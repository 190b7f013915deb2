import MAESTFrontEnd

extension PatchStream {
  /// Adds samples, and takes all patches that are complete then.
  mutating func append(_ samples: ArraySlice<Float>) throws -> [MelPatch] {
    if !hasEnded { add(samples) }
    return try rest()
  }

  /// Ends the track, and takes the last patches.
  mutating func finish() throws -> [MelPatch] {
    end()
    return try rest()
  }

  private mutating func rest() throws -> [MelPatch] {
    var patches: [MelPatch] = []
    while let patch = try next() { patches.append(patch) }
    return patches
  }
}
