// Products of packed fixed-point operands. Included after tiles_epilogue.h, once for each implementation.
//
// A tile of TILE_ROWS x TILE_COLUMNS integer sums stays in registers while the inner index runs through one unit: each
// iteration loads two vectors of pairs of the right operand, and one pair of every row of the left one. After a unit the
// sums are exact, whatever the instructions. They are multiplied by the scales of their row and column and added to
// sums in single precision, which stay in the L1 cache, as do the two units.

#define TILE_COLUMNS (2 * PAIRS_WIDTH)

typedef float scaled __attribute__((ext_vector_type(PAIRS_WIDTH)));

/// Rows from `row` on and TILE_COLUMNS columns from `column` on, for a number of rows that is a compile-time constant.
INLINE void multiply_pairs(const int rows, const char *left, const char *right, size_t row, size_t column, size_t pairs,
                           float *sums, size_t stride, bool accumulates) {
  pair_sums sum[TILE_ROWS][2];
#pragma clang loop unroll(full)
  for (int index = 0; index < rows; index++) {
    sum[index][0] = sum[index][1] = (pair_sums)0;
  }
  const char *a = left + row * UNIT_ROW_BYTES, *b = right + column * PAIR_BYTES;
#pragma clang loop unroll_count(2)
  for (size_t pair = 0; pair < pairs; pair++) {
    pair_sums first, second;
    memcpy(&first, b + pair * UNIT_PAIR_BYTES, sizeof(first));
    memcpy(&second, b + pair * UNIT_PAIR_BYTES + sizeof(first), sizeof(second));
#pragma clang loop unroll(full)
    for (int index = 0; index < rows; index++) {
      int32_t factors;
      memcpy(&factors, a + index * UNIT_ROW_BYTES + pair * PAIR_BYTES, sizeof(factors));
      sum[index][0] = add_products(sum[index][0], (pair_sums)factors, first);
      sum[index][1] = add_products(sum[index][1], (pair_sums)factors, second);
    }
  }
  const float *row_scales = scales_of(left) + row, *column_scales = scales_of(right) + column;
  scaled scale[2];
  memcpy(scale, column_scales, sizeof(scale));
#pragma clang loop unroll(full)
  for (int index = 0; index < rows; index++) {
    float *target = sums + (row + index) * stride + column;
    for (int half = 0; half < 2; half++) {
      const scaled product = __builtin_convertvector(sum[index][half], scaled) * scale[half];
      scaled before = (scaled)0.0f;
      if (accumulates) {
        memcpy(&before, target + half * PAIRS_WIDTH, sizeof(before));
      }
      const scaled after = __builtin_elementwise_fma(product, (scaled)row_scales[index], before);
      memcpy(target + half * PAIRS_WIDTH, &after, sizeof(after));
    }
  }
}

/// As multiply_pairs, for any number of rows up to TILE_ROWS.
INLINE void multiply_rows(size_t rows, const char *left, const char *right, size_t row, size_t column, size_t pairs,
                          float *sums, size_t stride, bool accumulates) {
#define CASE(count)                                                                                    \
  case count:                                                                                          \
    multiply_pairs(count, left, right, row, column, pairs, sums, stride, accumulates);                 \
    break;
  switch (rows) {
    CASE(1) CASE(2) CASE(3) CASE(4)
#if TILE_ROWS > 4
    CASE(5) CASE(6)
#endif
#if TILE_ROWS > 6
    CASE(7) CASE(8)
#endif
  }
#undef CASE
}

/// sums = left times right, or sums + left times right. left, right: the units of `inner` numbers; sums: [64, 64], of
/// which only the first rows and columns are computed.
static void block_product(const int parts, const char *left, const char *right, size_t rows, size_t inner,
                          size_t columns, float *sums, size_t stride, bool accumulates) {
  for (size_t step = 0; step < (inner + UNIT - 1) / UNIT; step++) {
    const char *a = left + step * UNIT_BYTES(parts), *b = right + step * UNIT_BYTES(parts);
    const size_t rest = inner - step * UNIT, pairs = rest < UNIT ? (rest + 1) / 2 : UNIT / 2;
    const bool adds = accumulates || step > 0;
    for (size_t column = 0; column < columns; column += TILE_COLUMNS) {
      size_t row = 0;
      for (; row + TILE_ROWS <= rows; row += TILE_ROWS) {
        multiply_pairs(TILE_ROWS, a, b, row, column, pairs, sums, stride, adds);
      }
      multiply_rows(rows - row, a, b, row, column, pairs, sums, stride, adds);
    }
  }
}

/// Runs the epilogue of a block. sums: [64, 64], overwritten; rows: those that were computed.
static void store_block(const int parts, const ckernels_tile_epilogue *epilogue, size_t group, size_t panel,
                        size_t rows, float *sums) {
  vector bias[UNIT_VECTORS];
  load_bias(epilogue, panel, bias);
  for (size_t row = 0; row < UNIT; row++) {
    vector x[UNIT_VECTORS] = {0};
    if (row < rows) {
      finish_row(epilogue, bias, sums + row * UNIT, x);
    }
    if (epilogue->target == CKERNELS_TILES_TO_MATRIX) {
      store_matrix_row(epilogue, group * UNIT + row, panel * UNIT, x);
    } else if (epilogue->target == CKERNELS_TILES_TO_LEFT) {
      store_left(parts, target_unit(parts, epilogue, group, panel), row, x);
    } else {
      store_row(sums + row * UNIT, x);
    }
  }
  if (epilogue->target != CKERNELS_TILES_TO_MATRIX && epilogue->target != CKERNELS_TILES_TO_LEFT) {
    store_unit(parts, epilogue->target, target_unit(parts, epilogue, group, panel), sums);
  }
}

/// Computes all blocks, panel by panel: a panel stays in the cache while it is multiplied by all row groups.
INLINE void multiply_all(const int parts, const ckernels_tile_product *product,
                         const ckernels_tile_epilogue *epilogue) {
  _Alignas(64) float sums[UNIT * UNIT];
  for (size_t panel = 0; panel < product->panels; panel++) {
    const char *right = (const char *)product->right + panel * product->right_stride * UNIT_BYTES(parts);
    for (size_t first = 0; first < product->rows; first += UNIT) {
      const size_t rest = product->rows - first, rows = rest < UNIT ? rest : UNIT, group = first / UNIT;
      block_product(parts, (const char *)product->left + group * product->steps * UNIT_BYTES(parts), right, rows,
                    product->steps * UNIT, UNIT, sums, UNIT, false);
      store_block(parts, epilogue, group, panel, rows, sums);
    }
  }
}
