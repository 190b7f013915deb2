import MAEST
import Testing

/// Tokens in seconds and hertz.
@Suite struct TokenMapTests {
  @Test func placesOfTokens() throws {
    let map = try ReferenceModel.version2.load().tokenMap
    #expect(try map.place(ofToken: 0) == nil && map.place(ofToken: 1) == nil)
    let first = try #require(try map.place(ofToken: 2))
    #expect(first.seconds == 0..<0.256)
    // Bands 0 to 15 of 96 equally spaced on Slaney's scale up to 8000 Hz, which is 45.25 mel: edges 0 and 17.
    #expect(first.hertz.lowerBound == 0 && abs(first.hertz.upperBound - 528.7) < 1)
    let last = try #require(try map.place(ofToken: 280))
    #expect(last.cell == TokenGrid.Cell(frequency: 8, time: 30))
    #expect(abs(last.seconds.upperBound - 316 * 0.016) < 1e-9 && abs(last.hertz.upperBound - 8000) < 1)
  }

  /// The token nearest to a token's own middle is that token.
  @Test func tokensOfPlaces() throws {
    let map = try ReferenceModel.version2.load().tokenMap
    for token in map.grid.tokens {
      let place = try #require(try map.place(ofToken: token))
      let middle = (place.seconds.lowerBound + place.seconds.upperBound) / 2
      let inside = (place.hertz.lowerBound + place.hertz.upperBound) / 2
      let found = try #require(try map.place(ofToken: map.token(seconds: middle, hertz: inside)))
      #expect(found.cell.time == place.cell.time && abs(found.cell.frequency - place.cell.frequency) <= 1)
    }
    #expect(map.token(seconds: 0, hertz: 0) == 2)
    #expect(map.token(seconds: 100, hertz: 20_000) == 280)
    for value in [Double.nan, .infinity, -.infinity, 1e300] {
      #expect(map.grid.tokens.contains(map.token(seconds: value, hertz: Float(value))))
    }
  }

  @Test func tokensAndPlacesBeyondTheEnd() throws {
    let map = try ReferenceModel.version2.load().tokenMap
    #expect(throws: TokenGridError.noSuchToken(index: 281, tokenCount: 281)) { try map.place(ofToken: 281) }
    #expect(throws: TokenGridError.self) { try map.place(ofToken: -1) }
    #expect(throws: TokenGridError.self) { try map.place(at: TokenGrid.Cell(frequency: 9, time: 0)) }
  }
}
