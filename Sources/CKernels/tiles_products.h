// Products of operands in units. Included after tiles_layout.h, once for each implementation.
//
// A block of 32 x 32 sums stays in four tiles while the inner index runs; each step loads two tiles of either
// operand and does four products a pair of parts. What becomes of the block before is done meanwhile, a few rows at a
// time: the tiles and the vectors are different parts of the CPU.

/// A block of sums on its way.
typedef struct {
  const ckernels_tile_finish *finish;
  size_t group, panel;
  /// [32, 32].
  const float *sums;
} finished_block;

/// Stores a row in the matrix that is asked for.
INLINE void finish_matrix_row(const ckernels_tile_finish *finish, size_t row, size_t column, const vector *x) {
  if (row >= finish->rows) {
    return;
  }
  float *c = finish->matrix + row * finish->stride;
  for (size_t half = 0; half < 2; half++) {
    const size_t first = column + half * WIDTH;
    const size_t count = first < finish->columns ? finish->columns - first : 0;
    if (count >= WIDTH) {
      store(c + first, finish->accumulates ? x[half] + load(c + first) : x[half]);
    } else if (count > 0) {
      store_part(c + first, count, finish->accumulates ? x[half] + load_part(c + first, count, 0.0f) : x[half]);
    }
  }
}

/// Finishes `count` rows of a block from an even one on; count is even.
INLINE void finish_block_rows(const int parts, const finished_block *block, size_t first, size_t count) {
  const ckernels_tile_finish *finish = block->finish;
  const size_t column = block->panel * UNIT;
  vector bias[2] = {splat(0.0f), splat(0.0f)};
  if (finish->bias != NULL) {
    bias[0] = load(finish->bias + column);
    bias[1] = load(finish->bias + column + WIDTH);
  }
  const vector factor = splat(finish->factor);
  char *unit = NULL;
  if (finish->target != CKERNELS_TILES_TO_MATRIX) {
    const size_t index = block->panel / finish->panels * finish->outer_stride +
                         block->panel % finish->panels * finish->panel_stride + block->group * finish->group_stride;
    unit = (char *)finish->units + index * UNIT_BYTES(parts);
  }
  for (size_t row = first; row < first + count; row += 2) {
    vector x[2][2];
    for (size_t next = 0; next < 2; next++) {
      for (size_t half = 0; half < 2; half++) {
        const vector sum = load(block->sums + (row + next) * UNIT + half * WIDTH);
        const vector value = (sum + bias[half]) * factor;
        x[next][half] = finish->gelu ? gelu_of(value) : value;
      }
    }
    if (finish->target == CKERNELS_TILES_TO_MATRIX) {
      finish_matrix_row(finish, block->group * UNIT + row, column, x[0]);
      finish_matrix_row(finish, block->group * UNIT + row + 1, column, x[1]);
    } else {
      store_rows(parts, finish->target, unit, row, (const vector(*)[2])x);
    }
  }
}

/// Adds the products of one step to the four tiles of sums. left, right: a unit each.
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

/// Parts of the inner loop between which rows of the block before are finished.
#define SECTIONS 8

/// sums = a group of the left operand times a panel of the right one. before: NULL: there is no block to finish.
INLINE void multiply_block(const int parts, TILES_PARAMETER const char *left, const char *right, size_t steps,
                           float *sums, const finished_block *before) {
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
      finish_block_rows(parts, before, section * (UNIT / SECTIONS), UNIT / SECTIONS);
    }
  }
  FOUR_TILES(TILE_STORE, sums, UNIT * sizeof(float));
}

/// All blocks, panel by panel: a panel stays in the cache while the groups of rows go past it.
INLINE void multiply_all(const int parts, const ckernels_tile_product *product, const ckernels_tile_finish *finish) {
  _Alignas(64) float sums[2][UNIT * UNIT];
  finished_block before = {finish, 0, 0, NULL};
  TILES_BEGIN;
  for (size_t panel = 0; panel < product->panels; panel++) {
    const char *right = (const char *)product->right + panel * product->right_stride * UNIT_BYTES(parts);
    for (size_t group = 0; group < product->groups; group++) {
      const char *left = (const char *)product->left + group * product->steps * UNIT_BYTES(parts);
      float *target = sums[before.sums == sums[0] ? 1 : 0];
      multiply_block(parts, TILES_ARGUMENT left, right, product->steps, target, before.sums == NULL ? NULL : &before);
      before = (finished_block){finish, group, panel, target};
    }
  }
  TILES_END;
  if (before.sums != NULL) {
    finish_block_rows(parts, &before, 0, UNIT);
  }
}
