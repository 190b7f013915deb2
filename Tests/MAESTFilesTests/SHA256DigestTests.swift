import MAESTFiles
import MAESTWeights
import Testing

/// The examples of FIPS 180-4 and of NIST's test vectors.
@Suite struct SHA256DigestTests {
  static let million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (String(repeating: "a", count: 1_000_000), million),
  ])
  func knownDigests(text: String, expected: String) {
    #expect(SHA256Digest.hash(text) == expected)
  }

  @Test func piecesOfAnySizeGiveTheSame() {
    var digest = SHA256Digest()
    var left = 1_000_000
    var size = 0
    while left > 0 {
      let piece = [UInt8](repeating: UInt8(ascii: "a"), count: min(size, left))
      piece.withUnsafeBytes { digest.update($0) }
      left -= piece.count
      size = (size * 3 + 1) % 4099
    }
    let found = digest.finalize()
    #expect(found == Self.million)
  }

  @Test func nothingIsHashedWithoutUpdates() {
    let found = SHA256Digest().finalize()
    #expect(found == SHA256Digest.hash(""))
  }
}
