// Products of packed operands. Included after tiles_layout.h, once for each implementation.
//
// A block of 32 x 32 sums stays in four tiles while the inner index runs. Each step (k-block) loads two tiles of either
// operand and does four tile products for each pair of parts. The epilogue of the previous block runs interleaved, a
// few rows at a time, because the tile unit and the vector units of the CPU work in parallel.

/// A block of sums whose epilogue has not run yet.
typedef struct {
  const ckernels_tile_epilogue *epilogue;
  size_t group, panel;
  /// [32, 32].
  const float *sums;
} pending_block;

/// Stores a row in the target matrix.
INLINE void store_matrix_row(const ckernels_tile_epilogue *epilogue, size_t row, size_t column, const vector *x) {
  if (row >= epilogue->rows) {
    return;
  }
  float *c = epilogue->matrix + row * epilogue->stride;
  for (size_t half = 0; half < 2; half++) {
    const size_t first = column + half * WIDTH;
    const size_t count = first < epilogue->columns ? epilogue->columns - first : 0;
    if (count >= WIDTH) {
      store(c + first, epilogue->accumulates ? x[half] + load(c + first) : x[half]);
    } else if (count > 0) {
      store_part(c + first, count, epilogue->accumulates ? x[half] + load_part(c + first, count, 0.0f) : x[half]);
    }
  }
}

/// Runs the epilogue of `count` rows of a block; first and count are even.
INLINE void store_block_rows(const int parts, const pending_block *block, size_t first, size_t count) {
  const ckernels_tile_epilogue *epilogue = block->epilogue;
  const size_t column = block->panel * UNIT;
  vector bias[2] = {splat(0.0f), splat(0.0f)};
  if (epilogue->bias != NULL) {
    bias[0] = load(epilogue->bias + column);
    bias[1] = load(epilogue->bias + column + WIDTH);
  }
  const vector factor = splat(epilogue->factor);
  char *unit = NULL;
  if (epilogue->target != CKERNELS_TILES_TO_MATRIX) {
    const size_t index = block->panel / epilogue->panels * epilogue->outer_stride +
                         block->panel % epilogue->panels * epilogue->panel_stride +
                         block->group * epilogue->group_stride;
    unit = (char *)epilogue->units + index * UNIT_BYTES(parts);
  }
  for (size_t row = first; row < first + count; row += 2) {
    vector x[2][2];
    for (size_t next = 0; next < 2; next++) {
      for (size_t half = 0; half < 2; half++) {
        const vector sum = load(block->sums + (row + next) * UNIT + half * WIDTH);
        const vector value = (sum + bias[half]) * factor;
        x[next][half] = epilogue->gelu ? gelu_of(value) : value;
      }
    }
    if (epilogue->target == CKERNELS_TILES_TO_MATRIX) {
      store_matrix_row(epilogue, block->group * UNIT + row, column, x[0]);
      store_matrix_row(epilogue, block->group * UNIT + row + 1, column, x[1]);
    } else {
      store_rows(parts, epilogue->target, unit, row, (const vector(*)[2])x);
    }
  }
}

/// Adds the products of one step (k-block) to the four tiles of sums. left, right: one unit each.
INLINE void multiply_units(const int parts, TILES_PARAMETER const char *left, const char *right) {
  const size_t low = (size_t)(parts - 1) * TILE_BYTES, tile = (size_t)parts * TILE_BYTES;
  TILE_LOAD(4, left + low, TILE_ROW_BYTES);
  TILE_LOAD(5, left + tile + low, TILE_ROW_BYTES);
  TILE_LOAD(6, right, TILE_ROW_BYTES);
  TILE_LOAD(7, right + tile, TILE_ROW_BYTES);
  TILE_MULTIPLY_ALL;
  if (parts == 2) {
    TILE_LOAD(4, left, TILE_ROW_BYTES);
    TILE_LOAD(5, left + tile, TILE_ROW_BYTES);
    TILE_MULTIPLY_ALL;
    TILE_LOAD(6, right + low, TILE_ROW_BYTES);
    TILE_LOAD(7, right + tile + low, TILE_ROW_BYTES);
    TILE_MULTIPLY_ALL;
  }
}

/// Loads or stores the four tiles of sums. sums: [32, 32] whose rows are `stride` bytes apart.
#define SUMS_AT(sums, stride, row, column) ((sums) + (row) * (stride) / sizeof(float) + (column))
#define FOUR_TILES(operation, sums, stride)                                                            \
  do {                                                                                                 \
    operation(0, SUMS_AT(sums, stride, 0, 0), stride);                                                 \
    operation(1, SUMS_AT(sums, stride, 0, 16), stride);                                                \
    operation(2, SUMS_AT(sums, stride, 16, 0), stride);                                                \
    operation(3, SUMS_AT(sums, stride, 16, 16), stride);                                               \
  } while (0)

/// The number of sections of the inner loop; after each, the epilogue of some rows of the previous block runs.
#define SECTIONS 8

/// sums = a row group of the left operand times a panel of the right one. before: the previous block; NULL: none.
INLINE void multiply_block(const int parts, TILES_PARAMETER const char *left, const char *right, size_t steps,
                           float *sums, const pending_block *before) {
  TILE_ZERO(0);
  TILE_ZERO(1);
  TILE_ZERO(2);
  TILE_ZERO(3);
  size_t step = 0;
  for (size_t section = 0; section < SECTIONS; section++) {
    for (; step < steps * (section + 1) / SECTIONS; step++) {
      multiply_units(parts, TILES_ARGUMENT left + step * UNIT_BYTES(parts), right + step * UNIT_BYTES(parts));
    }
    if (before != NULL) {
      store_block_rows(parts, before, section * (UNIT / SECTIONS), UNIT / SECTIONS);
    }
  }
  FOUR_TILES(TILE_STORE, sums, UNIT * sizeof(float));
}

/// Computes all blocks, panel by panel: a panel stays in the cache while it is multiplied by all row groups.
INLINE void multiply_all(const int parts, const ckernels_tile_product *product,
                         const ckernels_tile_epilogue *epilogue) {
  _Alignas(64) float sums[2][UNIT * UNIT];
  pending_block before = {epilogue, 0, 0, NULL};
  TILES_BEGIN;
  for (size_t panel = 0; panel < product->panels; panel++) {
    const char *right = (const char *)product->right + panel * product->right_stride * UNIT_BYTES(parts);
    for (size_t group = 0; group < product->groups; group++) {
      const char *left = (const char *)product->left + group * product->steps * UNIT_BYTES(parts);
      float *target = sums[before.sums == sums[0] ? 1 : 0];
      multiply_block(parts, TILES_ARGUMENT left, right, product->steps, target, before.sums == NULL ? NULL : &before);
      before = (pending_block){epilogue, group, panel, target};
    }
  }
  TILES_END;
  if (before.sums != NULL) {
    store_block_rows(parts, &before, 0, UNIT);
  }
}
