// Vectors of WIDTH floats, by the compiler's vector extensions. Included with WIDTH and HAS_FMA defined.
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

typedef float vector __attribute__((ext_vector_type(WIDTH)));
typedef uint32_t vector_bits __attribute__((ext_vector_type(WIDTH)));
typedef int32_t vector_mask __attribute__((ext_vector_type(WIDTH)));

INLINE vector load(const float *at) {
  vector v;
  memcpy(&v, at, sizeof(v));
  return v;
}

INLINE void store(float *at, vector v) { memcpy(at, &v, sizeof(v)); }

/// Sets all lanes to x. A cast, because a sum with 0 would cost an addition.
INLINE vector splat(float x) { return (vector)x; }

/// Loads the first `count` lanes from memory, and sets the others to `other`.
INLINE vector load_part(const float *at, size_t count, float other) {
  float lanes[WIDTH];
  store(lanes, splat(other));
  memcpy(lanes, at, count * sizeof(float));
  return load(lanes);
}

/// Stores the first `count` lanes.
INLINE void store_part(float *at, size_t count, vector v) {
  float lanes[WIDTH];
  store(lanes, v);
  memcpy(at, lanes, count * sizeof(float));
}

INLINE vector_bits bits_of(vector v) { return (vector_bits)v; }

INLINE vector from_bits(vector_bits bits) { return (vector)bits; }

/// Per lane: `yes` where the mask is set, else `no`.
INLINE vector choose(vector_mask mask, vector yes, vector no) { return mask ? yes : no; }

/// a * b + c, rounded once if the instruction set has FMA.
INLINE vector multiply_add(vector a, vector b, vector c) {
#if HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

/// The larger lanes; if `a` is NaN, the result is `b`.
INLINE vector larger(vector a, vector b) { return choose(a > b, a, b); }

INLINE vector magnitude(vector v) { return from_bits(bits_of(v) & 0x7fffffff); }

/// The sum of the lanes, in pairwise halves.
INLINE float sum_of_lanes(vector v) {
  float lanes[WIDTH];
  store(lanes, v);
  for (size_t half = WIDTH / 2; half > 0; half /= 2) {
    for (size_t lane = 0; lane < half; lane++) {
      lanes[lane] += lanes[lane + half];
    }
  }
  return lanes[0];
}

INLINE float largest_of_lanes(vector v) {
  float lanes[WIDTH];
  store(lanes, v);
  for (size_t half = WIDTH / 2; half > 0; half /= 2) {
    for (size_t lane = 0; lane < half; lane++) {
      lanes[lane] = lanes[lane] > lanes[lane + half] ? lanes[lane] : lanes[lane + half];
    }
  }
  return lanes[0];
}
