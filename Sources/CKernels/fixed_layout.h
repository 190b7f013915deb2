// 16-bit fixed-point numbers, and the units in which operands are packed. Included after tiles_vectors.h, with a
// UNIT of 64, once for each implementation.
//
// A unit has 64 x 64 integers and 64 scales: a number is its integer times the scale of its row (left operands) or of
// its column (right operands). The scale comes from the largest magnitude of the 64 numbers, so that one large number
// costs precision only beside it.
//
// With 14 bits on the left and 13 on the right, a sum of 64 products is below 2^31: 8191 x 4095 x 64 = 2146697280.

#define LARGEST_LEFT 8191.0f
#define LARGEST_RIGHT 4095.0f

#define PAIR_BYTES 4
#define UNIT_ROW_BYTES (UNIT * sizeof(int16_t))
#define UNIT_PAIR_BYTES (UNIT * PAIR_BYTES)
#define UNIT_INTEGER_BYTES (UNIT * UNIT * sizeof(int16_t))
#define UNIT_BYTES(parts) ((parts) * (UNIT_INTEGER_BYTES + UNIT * sizeof(float)))

/// Rows and columns whose numbers are all below this are 0: 2^-100.
#define SMALLEST 0x1p-100f

typedef uint16_t halves __attribute__((ext_vector_type(WIDTH)));
typedef uint16_t row_halves __attribute__((ext_vector_type(UNIT)));

INLINE float *scales_of(const void *unit) { return (float *)((char *)unit + UNIT_INTEGER_BYTES); }

/// The larger lanes of two magnitudes; NaN is the largest.
INLINE vector_bits larger_bits(vector_bits a, vector_bits b) { return __builtin_elementwise_max(a, b); }

INLINE vector_bits magnitude_bits(vector x) { return bits_of(x) & 0x7fffffff; }

/// The scales of rows or columns with these largest magnitudes, and the factors that make integers of their numbers.
/// Where a number is infinite or NaN, the scale is NaN.
INLINE vector scales(vector_bits largest, float limit, vector *factors) {
  const vector size = from_bits(largest);
  const vector_mask is_small = size < SMALLEST, is_finite = size < __builtin_inff();
  const vector held = choose(is_small, splat(1.0f), size);
  *factors = choose(is_small, splat(0.0f), splat(limit) / held);
  const vector scale = choose(is_small, splat(0.0f), held * splat(1.0f / limit));
  return choose(is_finite, scale, splat(__builtin_nanf("")));
}

/// The integers nearest to factor x, ties to even, in the low 16 bits.
INLINE vector_bits integers(vector x, vector factor) {
  // Adding 1.5 x 2^23 rounds to an integer, and leaves it in the low bits.
  return bits_of(multiply_add(x, factor, splat(12582912.0f)));
}

INLINE vector_bits largest_of_row(const vector *x) {
  vector_bits largest = magnitude_bits(x[0]);
  for (size_t part = 1; part < UNIT_VECTORS; part++) {
    largest = larger_bits(largest, magnitude_bits(x[part]));
  }
  return (vector_bits)__builtin_reduce_max(largest);
}

/// The 64 integers of a row, whose scale is stored.
INLINE row_halves quantized_row(const vector *x, float limit, float *scale) {
  vector factor;
  *scale = scales(largest_of_row(x), limit, &factor)[0];
  row_halves row;
  for (size_t part = 0; part < UNIT_VECTORS; part++) {
    const halves h = __builtin_convertvector(integers(x[part], factor), halves);
    memcpy((char *)&row + part * sizeof(h), &h, sizeof(h));
  }
  return row;
}

/// Stores row `row` of a unit of a left operand. x: its 64 numbers.
INLINE void store_left(const int parts, void *unit, size_t row, const vector *x) {
  (void)parts;
  const row_halves integers = quantized_row(x, LARGEST_LEFT, scales_of(unit) + row);
  memcpy((char *)unit + row * UNIT_ROW_BYTES, &integers, sizeof(integers));
}

/// Stores a unit of a right operand, pairs of rows side by side: [inner / 2][column][inner % 2]. values: [64, 64].
static void store_right(void *unit, const float *values) {
  vector_bits largest[UNIT_VECTORS] = {0};
  for (size_t row = 0; row < UNIT; row++) {
    for (size_t part = 0; part < UNIT_VECTORS; part++) {
      largest[part] = larger_bits(largest[part], magnitude_bits(load(values + row * UNIT + part * WIDTH)));
    }
  }
  vector factor[UNIT_VECTORS];
  for (size_t part = 0; part < UNIT_VECTORS; part++) {
    store(scales_of(unit) + part * WIDTH, scales(largest[part], LARGEST_RIGHT, &factor[part]));
  }
  for (size_t row = 0; row < UNIT; row += 2) {
    for (size_t part = 0; part < UNIT_VECTORS; part++) {
      const float *even = values + row * UNIT + part * WIDTH;
      const vector_bits pairs = (integers(load(even), factor[part]) & 0xffff) |
                                integers(load(even + UNIT), factor[part]) << 16;
      memcpy((char *)unit + row / 2 * UNIT_PAIR_BYTES + part * sizeof(pairs), &pairs, sizeof(pairs));
    }
  }
}

/// Stores the transpose of values as a unit of a right operand. values: [64, 64], a row for each column of the unit.
static void store_transposed_right(void *unit, const float *values) {
  for (size_t column = 0; column < UNIT; column++) {
    vector x[UNIT_VECTORS];
    load_row(values + column * UNIT, UNIT, x);
    const row_halves integers = quantized_row(x, LARGEST_RIGHT, scales_of(unit) + column);
    uint32_t pairs[UNIT / 2];
    memcpy(pairs, &integers, sizeof(pairs));
    for (size_t pair = 0; pair < UNIT / 2; pair++) {
      memcpy((char *)unit + pair * UNIT_PAIR_BYTES + column * PAIR_BYTES, &pairs[pair], PAIR_BYTES);
    }
  }
}

/// Stores a whole unit. values: [64, 64].
static void store_unit(const int parts, ckernels_tile_target target, void *unit, const float *values) {
  switch (target) {
  case CKERNELS_TILES_TO_LEFT:
    for (size_t row = 0; row < UNIT; row++) {
      vector x[UNIT_VECTORS];
      load_row(values + row * UNIT, UNIT, x);
      store_left(parts, unit, row, x);
    }
    break;
  case CKERNELS_TILES_TO_RIGHT:
    store_right(unit, values);
    break;
  case CKERNELS_TILES_TO_TRANSPOSED_RIGHT:
    store_transposed_right(unit, values);
    break;
  case CKERNELS_TILES_TO_MATRIX:
    break;
  }
}

/// The number of a unit at [row, column].
INLINE float unit_value(const int parts, ckernels_tile_target target, const void *unit, size_t row, size_t column) {
  (void)parts;
  if (target == CKERNELS_TILES_TO_TRANSPOSED_RIGHT) {
    const size_t other = row;
    row = column;
    column = other;
  }
  const bool is_left = target == CKERNELS_TILES_TO_LEFT;
  int16_t integer;
  memcpy(&integer,
         (const char *)unit + (is_left ? row * UNIT_ROW_BYTES + column * 2
                                       : row / 2 * UNIT_PAIR_BYTES + column * PAIR_BYTES + row % 2 * 2),
         sizeof(integer));
  return (float)integer * scales_of(unit)[is_left ? row : column];
}
