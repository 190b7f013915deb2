// Products of packed operands. Included after tiles_epilogue.h, once for each implementation.
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

/// Runs the epilogue of `count` rows of a block; first and count are even.
INLINE void store_block_rows(const int parts, const pending_block *block, size_t first, size_t count) {
  const ckernels_tile_epilogue *epilogue = block->epilogue;
  const bool to_matrix = epilogue->target == CKERNELS_TILES_TO_MATRIX;
  char *unit = to_matrix ? NULL : target_unit(parts, epilogue, block->group, block->panel);
  vector bias[UNIT_VECTORS];
  load_bias(epilogue, block->panel, bias);
  for (size_t row = first; row < first + count; row += 2) {
    vector x[2][UNIT_VECTORS];
    for (size_t next = 0; next < 2; next++) {
      finish_row(epilogue, bias, block->sums + (row + next) * UNIT, x[next]);
    }
    if (to_matrix) {
      store_matrix_row(epilogue, block->group * UNIT + row, block->panel * UNIT, x[0]);
      store_matrix_row(epilogue, block->group * UNIT + row + 1, block->panel * UNIT, x[1]);
    } else {
      store_rows(parts, epilogue->target, unit, row, (const vector(*)[UNIT_VECTORS])x);
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

/// sums = left times right, or sums + left times right. left, right: the units of `inner` numbers; sums: [32, 32].
INLINE void block_product(const int parts, TILES_PARAMETER const char *left, const char *right, size_t rows,
                          size_t inner, size_t columns, float *sums, size_t stride, bool accumulates) {
  // A tile costs the same however full it is.
  (void)rows;
  (void)columns;
  if (accumulates) {
    FOUR_TILES(TILE_LOAD, sums, stride * sizeof(float));
  } else {
    TILE_ZERO(0);
    TILE_ZERO(1);
    TILE_ZERO(2);
    TILE_ZERO(3);
  }
  for (size_t step = 0; step < (inner + UNIT - 1) / UNIT; step++) {
    multiply_units(parts, TILES_ARGUMENT left + step * UNIT_BYTES(parts), right + step * UNIT_BYTES(parts));
  }
  FOUR_TILES(TILE_STORE, sums, stride * sizeof(float));
}

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
    for (size_t group = 0; group < (product->rows + UNIT - 1) / UNIT; group++) {
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
