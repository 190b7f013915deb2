// The tile of a product for instruction sets that multiply by one lane of a vector (NEON). Included by products.h in
// place of its own.
//
// Each iteration loads WIDTH numbers of every row and uses them lane by lane, so that a number of a row costs no
// instruction of its own. Sums have the same order as elsewhere.

/// sum[r] += factors[r][lane] times two vectors of the panel, for every row.
INLINE void add_products(const int rows, const vector *factors, const int lane, const float *panel,
                         vector (*sum)[2]) {
  const vector left = load(panel), right = load(panel + WIDTH);
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
    const vector factor = splat(factors[row][lane]);
    sum[row][0] = multiply_add(factor, left, sum[row][0]);
    sum[row][1] = multiply_add(factor, right, sum[row][1]);
  }
}

/// sums[r, :] = a[r, :] times the panel, for a number of rows that is a compile-time constant.
///
/// ahead: [inner, WIDTH] numbers that will be needed soon, prefetched WIDTH rows per iteration; NULL: no prefetch.
INLINE void multiply_tile(const int rows, const float *a, size_t a_stride, size_t inner, const float *panel,
                          size_t panel_stride, const float *ahead, float *sums, size_t sums_stride) {
  vector sum[TILE_ROWS][2], factors[TILE_ROWS];
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
    sum[row][0] = sum[row][1] = splat(0.0f);
  }
  size_t k = 0;
  for (; k + WIDTH <= inner; k += WIDTH) {
    if (ahead != NULL) {
      __builtin_prefetch(ahead + k * WIDTH, 0, 2);
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
      factors[row] = load(a + row * a_stride + k);
    }
#pragma clang loop unroll(full)
    for (int lane = 0; lane < WIDTH; lane++) {
      add_products(rows, factors, lane, panel, sum);
      panel += panel_stride;
    }
  }
  for (; k < inner; k++) {
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
      factors[row] = splat(a[row * a_stride + k]);
    }
    add_products(rows, factors, 0, panel, sum);
    panel += panel_stride;
  }
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
    store(sums + row * sums_stride, sum[row][0]);
    store(sums + row * sums_stride + WIDTH, sum[row][1]);
  }
}
