// bfloat16 numbers, and the units in which operands are packed. Included after tiles_vectors.h, once for each
// implementation.

typedef uint16_t halves __attribute__((ext_vector_type(WIDTH)));
/// A row of a tile.
typedef uint16_t row_halves __attribute__((ext_vector_type(2 * WIDTH)));

#define UNIT_BYTES(parts) ((parts) * UNIT * UNIT * sizeof(uint16_t))

/// bf16(x), rounded to nearest, ties to even; subnormal numbers become 0.
INLINE halves to_bfloat16(vector x) {
#if HAS_BFLOAT16
  const __m256bh rounded = _mm512_cvtneps_pbh((__m512)x);
  halves h;
  memcpy(&h, &rounded, sizeof(h));
  return h;
#else
  const vector_bits bits = bits_of(x);
  vector_bits rounded = bits + 0x7fff + (bits >> 16 & 1);
  rounded = (bits & 0x7f800000) == 0 ? bits & 0x80000000 : rounded;
  rounded = (vector_mask)(x != x) ? bits | 0x400000 : rounded;
  return __builtin_convertvector(rounded >> 16, halves);
#endif
}

INLINE vector_bits wide_bits(halves h) { return __builtin_convertvector(h, vector_bits); }

INLINE vector from_bfloat16(halves h) { return from_bits(wide_bits(h) << 16); }

/// The parts of x: its bfloat16 value, and the rounding error.
INLINE void split(const int parts, vector x, halves *part) {
  part[0] = to_bfloat16(x);
  if (parts == 2) {
    const vector high = from_bfloat16(part[0]);
    // Infinity has no rounding error, but the difference would be NaN.
    part[1] = to_bfloat16(choose(magnitude(high) == __builtin_inff(), splat(0.0f), x - high));
  }
}

/// The address of one part of a tile's row. index: the tile in the unit, 0 or 1.
INLINE char *tile_row(const int parts, const void *unit, size_t index, int part, size_t row) {
  return (char *)unit + (index * parts + part) * TILE_BYTES + row * TILE_ROW_BYTES;
}

/// Stores row `row` of a unit of a left operand. x: its 32 numbers.
INLINE void store_left(const int parts, void *unit, size_t row, const vector *x) {
  halves first[2], second[2];
  split(parts, x[0], first);
  split(parts, x[1], second);
  for (int part = 0; part < parts; part++) {
    // One store, so that a load of the row soon after can use store forwarding.
    const row_halves both = __builtin_shufflevector(first[part], second[part], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                                                    13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
                                                    30, 31);
    memcpy(tile_row(parts, unit, row / 16, part, row % 16), &both, sizeof(both));
  }
}

/// Stores rows `row` and `row + 1` of a unit of a right operand; row is even. x, y: their 32 numbers.
INLINE void store_right(const int parts, void *unit, size_t row, const vector *x, const vector *y) {
  for (size_t tile = 0; tile < 2; tile++) {
    halves even[2], odd[2];
    split(parts, x[tile], even);
    split(parts, y[tile], odd);
    for (int part = 0; part < parts; part++) {
      const vector_bits pairs = wide_bits(even[part]) | wide_bits(odd[part]) << 16;
      memcpy(tile_row(parts, unit, tile, part, row / 2), &pairs, sizeof(pairs));
    }
  }
}

/// Stores column `column` of a unit of a right operand. x: its 32 numbers.
INLINE void store_right_column(const int parts, void *unit, size_t column, const vector *x) {
  halves first[2], second[2];
  split(parts, x[0], first);
  split(parts, x[1], second);
  for (int part = 0; part < parts; part++) {
    uint32_t pairs[16];
    memcpy(pairs, &first[part], sizeof(halves));
    memcpy(pairs + 8, &second[part], sizeof(halves));
    char *at = tile_row(parts, unit, column / 16, part, 0) + column % 16 * sizeof(uint32_t);
    for (size_t pair = 0; pair < 16; pair++) {
      memcpy(at + pair * TILE_ROW_BYTES, &pairs[pair], sizeof(uint32_t));
    }
  }
}

/// Stores rows `row` and `row + 1` of a unit; row is even. x: their 32 numbers each.
INLINE void store_rows(const int parts, ckernels_tile_target target, void *unit, size_t row,
                       const vector (*x)[UNIT_VECTORS]) {
  switch (target) {
  case CKERNELS_TILES_TO_LEFT:
    store_left(parts, unit, row, x[0]);
    store_left(parts, unit, row + 1, x[1]);
    break;
  case CKERNELS_TILES_TO_RIGHT:
    store_right(parts, unit, row, x[0], x[1]);
    break;
  case CKERNELS_TILES_TO_TRANSPOSED_RIGHT:
    store_right_column(parts, unit, row, x[0]);
    store_right_column(parts, unit, row + 1, x[1]);
    break;
  case CKERNELS_TILES_TO_MATRIX:
    break;
  }
}

/// Stores a whole unit. values: [32, 32].
static void store_unit(const int parts, ckernels_tile_target target, void *unit, const float *values) {
  for (size_t row = 0; row < UNIT; row += 2) {
    vector x[2][UNIT_VECTORS];
    for (size_t next = 0; next < 2; next++) {
      load_row(values + (row + next) * UNIT, UNIT, x[next]);
    }
    store_rows(parts, target, unit, row, (const vector(*)[UNIT_VECTORS])x);
  }
}

/// The number of a unit at [row, column].
INLINE float unit_value(const int parts, ckernels_tile_target target, const void *unit, size_t row, size_t column) {
  if (target == CKERNELS_TILES_TO_TRANSPOSED_RIGHT) {
    const size_t other = row;
    row = column;
    column = other;
  }
  float value = 0;
  for (int part = 0; part < parts; part++) {
    const char *at = target == CKERNELS_TILES_TO_LEFT
                         ? tile_row(parts, unit, row / 16, part, row % 16) + column * 2
                         : tile_row(parts, unit, column / 16, part, row / 2) + column % 16 * 4 + row % 2 * 2;
    uint16_t half;
    memcpy(&half, at, sizeof(half));
    const uint32_t bits = (uint32_t)half << 16;
    float number;
    memcpy(&number, &bits, sizeof(number));
    value += number;
  }
  return value;
}
