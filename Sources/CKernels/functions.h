// Elementary functions on vectors. Included after vectors.h, once for each instruction set.
//
// The coefficients are minimax in the relative error: Lawson's iteratively reweighted least squares on
// 1500 to 2000 Chebyshev points against mpmath's exp and scipy's erfcx, rounded to single precision and then measured
// again. Each use states the error of its approximation, without rounding in the evaluation.

/// The argument below which exp returns 0: ln(2^-126).
#define EXP_LOWEST -87.33654f

/// exp(y + correction) for y <= 0 and a correction of at most a few hundredths; 0 below EXP_LOWEST.
///
/// y + correction = n ln 2 + r, and exp(r) = 1 + r + r^2 c(r) for |r| <= 0.35, with an error of 0.06 x 2^-24.
/// The high part of ln 2 has ten bits, so its product with n is exact. NaN stays NaN.
INLINE vector exp_not_positive(vector y, vector correction) {
  const vector in_range = choose(y < EXP_LOWEST, splat(EXP_LOWEST), y);
  // Adding 1.5 x 2^23 rounds to an integer, and leaves it in the low bits.
  const vector shift = splat(12582912.0f);
  const vector shifted = multiply_add(in_range + correction, splat(1.44269504f), shift);
  const vector n = shifted - shift;
  const vector high = multiply_add(n, splat(-0.693359375f), in_range);
  const vector r = multiply_add(n, splat(2.12194440e-4f), high + correction);

  vector c = splat(0.0013814222f);
  c = multiply_add(c, r, splat(0.008368899f));
  c = multiply_add(c, r, splat(0.041668404f));
  c = multiply_add(c, r, splat(0.1666652f));
  c = multiply_add(c, r, splat(0.49999994f));
  const vector power = multiply_add(c * r, r, r) + 1.0f;

  const vector two_to_n = from_bits((bits_of(shifted) + 127) << 23);
  return choose(y < EXP_LOWEST, splat(0.0f), power * two_to_n);
}

/// 2^(factor x) for x <= 0 and a factor above 0; 0 below 2^-126.5, subnormal from there to 2^-126.
///
/// factor x = n + r with |r| <= 1/2, and 2^r by a polynomial with an error of 0.3 x 2^-24. lowest is
/// -127 / factor: there n is -127, whose power is built as 0. NaN stays NaN.
INLINE vector power_of_two(vector x, vector factor, vector lowest) {
  // The maximum of x and lowest; if x is NaN, the comparison is false and NaN stays.
  const vector in_range = choose(x < lowest, lowest, x);
  const vector shift = splat(12582912.0f);
  const vector shifted = multiply_add(in_range, factor, shift);
  const vector r = multiply_add(in_range, factor, shift - shifted);
  vector p = splat(0.00015353342f);
  p = multiply_add(p, r, splat(0.0013398901f));
  p = multiply_add(p, r, splat(0.009618438f));
  p = multiply_add(p, r, splat(0.055503324f));
  p = multiply_add(p, r, splat(0.24022648f));
  p = multiply_add(p, r, splat(0.6931472f));
  p = multiply_add(p, r, splat(1.0f));
  return p * from_bits((bits_of(shifted) + 127) << 23);
}

/// a^2 as a rounded square, and its rounding error.
INLINE vector square(vector a, vector *lost) {
#if HAS_FMA
  const vector rounded = a * a;
  *lost = multiply_add(a, a, -rounded);
#else
  // The upper 12 bits of a have an exact square.
  const vector upper = from_bits(bits_of(a) & 0xfffff000);
  const vector rounded = upper * upper;
  *lost = (a - upper) * (a + upper);
#endif
  return rounded;
}

/// x F(x) with F the normal distribution function: the GELU x / 2 (1 + erf(x / sqrt 2)).
///
/// F(-a) = exp(-a^2 / 2) P(a) / D(a) for a >= 0: P / D, with coefficients above 0 only, is
/// erfcx(a / sqrt 2) / 2 on [0, 14], with an error of 0.5 x 2^-24. The exponent includes the rounding error of a^2, so
/// the lower tail keeps its relative precision; 1 + erf would lose it.
INLINE vector gelu_of(vector x) {
  // For a beyond this, F(-a) is 0 and F(a) is 1.
  const float farthest = 14.0f;
  const vector size = magnitude(x);
  const vector a = choose(size > farthest, splat(farthest), size);

  vector p = splat(0.0040474497f);
  p = multiply_add(p, a, splat(0.04018375f));
  p = multiply_add(p, a, splat(0.18192297f));
  p = multiply_add(p, a, splat(0.43655673f));
  p = multiply_add(p, a, splat(0.5f));
  vector d = splat(0.010145321f);
  d = multiply_add(d, a, splat(0.10073267f));
  d = multiply_add(d, a, splat(0.4660001f));
  d = multiply_add(d, a, splat(1.197106f));
  d = multiply_add(d, a, splat(1.6709982f));
  d = multiply_add(d, a, splat(1.0f));

  vector lost;
  const vector squared = square(a, &lost);
  const vector tail = exp_not_positive(squared * -0.5f, lost * -0.5f) * (p / d);
  // Clamped, so that -inf gives -0 and not -inf * 0.
  const vector held = choose(x < -farthest, splat(-farthest), x);
  return held * choose(x > 0.0f, 1.0f - tail, tail);
}

/// 1 / (1 + exp(-x)), without subtractions and so without cancellation in either tail.
INLINE vector sigmoid_of(vector x) {
  const vector tail = exp_not_positive(-magnitude(x), splat(0.0f));
  return choose(x < 0.0f, tail, splat(1.0f)) / (1.0f + tail);
}
