#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Elementary functions of the platform's C library, for precomputed tables. Never used on samples.
extension Double {
  /// The cosine of an angle in radians.
  var cosine: Double { cos(self) }

  /// The sine of an angle in radians.
  var sine: Double { sin(self) }

  /// The natural logarithm.
  var naturalLogarithm: Double { log(self) }

  /// e raised to this power.
  var exponential: Double { exp(self) }
}
