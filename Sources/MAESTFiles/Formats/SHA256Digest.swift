#if canImport(CryptoKit)
  import CryptoKit
#else
  import COpenSSL
#endif

/// SHA-256 of a stream of bytes (CryptoKit on Apple systems, OpenSSL's libcrypto elsewhere).
package struct SHA256Digest: ~Copyable {
  #if canImport(CryptoKit)
    private var state = SHA256()

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
      state.update(bufferPointer: bytes)
    }

    /// The digest of everything seen so far, lower-case hexadecimal.
    package consuming func finalize() -> String { Self.hexadecimal(state.finalize()) }
  #else
    private let context: OpaquePointer?

    package init() {
      context = EVP_MD_CTX_new()
      precondition(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "libcrypto has no SHA-256")
    }

    deinit { EVP_MD_CTX_free(context) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
      precondition(
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "libcrypto refused to hash")
    }

    /// The digest of everything seen so far, lower-case hexadecimal.
    package consuming func finalize() -> String {
      var digest = [UInt8](repeating: 0, count: 32)
      precondition(EVP_DigestFinal_ex(context, &digest, nil) == 1, "libcrypto refused to hash")
      return Self.hexadecimal(digest)
    }
  #endif

  /// SHA-256 of `bytes`, lower-case hexadecimal.
  package static func hash(_ bytes: UnsafeRawBufferPointer) -> String {
    var digest = SHA256Digest()
    digest.update(bytes)
    return digest.finalize()
  }

  /// SHA-256 of `text` in UTF-8, lower-case hexadecimal.
  package static func hash(_ text: String) -> String {
    Array(text.utf8).withUnsafeBytes { hash($0) }
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
