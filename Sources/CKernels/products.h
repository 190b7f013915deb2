// Micro-kernels of GEMM. Included after functions.h, once for each instruction set.
//
// A tile of TILE_ROWS x PANEL_COLUMNS sums stays in registers while the inner index runs: each iteration loads two
// vectors of the packed panel and one number of every row, and does two multiply-adds per row. The panel streams from
// the L2 cache, the rows of a stay in the L1 cache.

#define PANEL_COLUMNS (2 * WIDTH)

#if MULTIPLIES_BY_LANE
#include "products_by_lane.h"
#else

/// Rows that share a pointer: an addressing mode can add the stride once or twice.
#define GROUP_ROWS 3
#define GROUPS (TILE_ROWS / GROUP_ROWS)

/// Hides from the compiler how a pointer was computed. Otherwise it keeps one pointer for every row, which are more
/// than there are registers, and reloads them in every iteration.
#define KEEP(pointer) __asm__("" : "+r"(pointer))

/// sums[r, :] = a[r, :] times the panel, for a number of rows that is a compile-time constant.
///
/// ahead: [inner, WIDTH] numbers that will be needed soon, prefetched one row per iteration; NULL: no prefetch.
INLINE void multiply_tile(const int rows, const float *a, size_t a_stride, size_t inner, const float *panel,
                          size_t panel_stride, const float *ahead, float *sums, size_t sums_stride) {
  vector sum[TILE_ROWS][2];
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
    sum[row][0] = sum[row][1] = splat(0.0f);
  }
  const float *group[GROUPS];
#pragma clang loop unroll(full)
  for (int index = 0; index < GROUPS; index++) {
    group[index] = a + (index * GROUP_ROWS < rows ? index * GROUP_ROWS : 0) * a_stride;
  }
#pragma clang loop unroll_count(2)
  for (size_t k = 0; k < inner; k++) {
    const vector left = load(panel), right = load(panel + WIDTH);
    panel += panel_stride;
    if (ahead != NULL) {
      __builtin_prefetch(ahead + k * WIDTH, 0, 2);
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
      const vector factor = splat(group[row / GROUP_ROWS][row % GROUP_ROWS * a_stride]);
      sum[row][0] = multiply_add(factor, left, sum[row][0]);
      sum[row][1] = multiply_add(factor, right, sum[row][1]);
    }
#pragma clang loop unroll(full)
    for (int index = 0; index < GROUPS; index++) {
      if (index * GROUP_ROWS < rows) {
        group[index]++;
        KEEP(group[index]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
    store(sums + row * sums_stride, sum[row][0]);
    store(sums + row * sums_stride + WIDTH, sum[row][1]);
  }
}

#endif

/// As multiply_tile, for any number of rows up to TILE_ROWS.
static void multiply_rows(size_t rows, const float *a, size_t a_stride, size_t inner, const float *panel,
                          size_t panel_stride, float *sums, size_t sums_stride) {
#define CASE(count)                                                                                    \
  case count:                                                                                          \
    multiply_tile(count, a, a_stride, inner, panel, panel_stride, NULL, sums, sums_stride);            \
    break;
  switch (rows) {
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#if TILE_ROWS > 6
    CASE(7) CASE(8)
#endif
#if TILE_ROWS > 8
    CASE(9) CASE(10) CASE(11) CASE(12)
#endif
  }
#undef CASE
}

/// Applies the epilogue to one vector of a tile and stores `count` lanes in c.
INLINE void store_vector(vector x, vector bias, bool gelu, bool accumulates, float *c, size_t count) {
  x += bias;
  if (gelu) {
    x = gelu_of(x);
  }
  if (count < WIDTH) {
    store_part(c, count, accumulates ? x + load_part(c, count, 0.0f) : x);
  } else {
    store(c, accumulates ? x + load(c) : x);
  }
}

/// c = epilogue(sums). sums: [rows, PANEL_COLUMNS] without gaps; c: [rows, columns].
INLINE void store_tile_rows(const float *sums, size_t rows, size_t columns, const float *bias, bool gelu,
                        bool accumulates, float *c, size_t c_stride) {
  for (size_t column = 0; column < columns; column += WIDTH) {
    const size_t count = columns - column < WIDTH ? columns - column : WIDTH;
    const vector addend = bias != NULL ? load_part(bias + column, count, 0.0f) : splat(-0.0f);
    for (size_t row = 0; row < rows; row++) {
      store_vector(load(sums + row * PANEL_COLUMNS + column), addend, gelu, accumulates,
                    c + row * c_stride + column, count);
    }
  }
}

static void store_tile(const float *sums, size_t rows, size_t columns, const ckernels_epilogue *epilogue, float *c,
                        size_t c_stride) {
  const float *bias = epilogue != NULL ? epilogue->bias : NULL;
  const bool gelu = epilogue != NULL && epilogue->gelu, accumulates = epilogue != NULL && epilogue->accumulates;
  // The compiler generates a separate loop for each case.
  if (gelu) {
    store_tile_rows(sums, rows, columns, bias, true, accumulates, c, c_stride);
  } else if (accumulates) {
    store_tile_rows(sums, rows, columns, bias, false, true, c, c_stride);
  } else {
    store_tile_rows(sums, rows, columns, bias, false, false, c, c_stride);
  }
}

static void multiply_panel(const float *a, size_t a_stride, size_t rows, size_t inner, const float *panel,
                           size_t panel_stride, size_t columns, const ckernels_epilogue *epilogue,
                           const float *next, float *c, size_t c_stride) {
  float sums[TILE_ROWS * PANEL_COLUMNS] __attribute__((aligned(64)));
  const bool is_direct = epilogue == NULL && columns == PANEL_COLUMNS;
  for (size_t row = 0; row < rows; row += TILE_ROWS) {
    const size_t count = rows - row < TILE_ROWS ? rows - row : TILE_ROWS;
    float *target = c + row * c_stride;
    // These rows arrive in the cache while the sums are computed.
    for (size_t index = 0; epilogue != NULL && index < count; index++) {
      __builtin_prefetch(target + index * c_stride, 1);
      __builtin_prefetch(target + index * c_stride + columns - 1, 1);
    }
    if (next != NULL && row / TILE_ROWS < 2 && count == TILE_ROWS) {
      multiply_tile(TILE_ROWS, a + row * a_stride, a_stride, inner, panel, panel_stride,
                    next + row / TILE_ROWS * inner * WIDTH, sums, PANEL_COLUMNS);
      store_tile(sums, count, columns, epilogue, target, c_stride);
    } else if (is_direct) {
      multiply_rows(count, a + row * a_stride, a_stride, inner, panel, panel_stride, target,
                    c_stride);
    } else {
      multiply_rows(count, a + row * a_stride, a_stride, inner, panel, panel_stride, sums,
                    PANEL_COLUMNS);
      store_tile(sums, count, columns, epilogue, target, c_stride);
    }
  }
}

static void pack_panel(const float *b, size_t b_stride, size_t inner, size_t columns, float *panel) {
  if (columns == PANEL_COLUMNS) {
    for (size_t k = 0; k < inner; k++) {
      memcpy(panel + k * PANEL_COLUMNS, b + k * b_stride, PANEL_COLUMNS * sizeof(float));
    }
    return;
  }
  for (size_t k = 0; k < inner; k++) {
    for (size_t column = 0; column < PANEL_COLUMNS; column++) {
      panel[k * PANEL_COLUMNS + column] = column < columns ? b[k * b_stride + column] : 0.0f;
    }
  }
}

typedef float four __attribute__((ext_vector_type(4)));

/// Transposes a 4 x 4 matrix.
INLINE void transpose_four(const float *from, size_t from_stride, float *to, size_t to_stride) {
  four a, b, c, d;
  memcpy(&a, from, sizeof(a));
  memcpy(&b, from + from_stride, sizeof(b));
  memcpy(&c, from + 2 * from_stride, sizeof(c));
  memcpy(&d, from + 3 * from_stride, sizeof(d));
  const four ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const four ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const four cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const four cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  const four rows[4] = {
      __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5),
      __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7),
      __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5),
      __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7),
  };
  for (int row = 0; row < 4; row++) {
    memcpy(to + row * to_stride, &rows[row], sizeof(rows[row]));
  }
}

static void pack_panel_transposed(const float *b, size_t b_stride, size_t inner, size_t columns, float *panel) {
  const size_t whole_columns = columns / 4 * 4, whole_inner = inner / 4 * 4;
  for (size_t column = 0; column < whole_columns; column += 4) {
    for (size_t k = 0; k < whole_inner; k += 4) {
      transpose_four(b + column * b_stride + k, b_stride, panel + k * PANEL_COLUMNS + column, PANEL_COLUMNS);
    }
  }
  for (size_t column = 0; column < PANEL_COLUMNS; column++) {
    for (size_t k = column < whole_columns ? whole_inner : 0; k < inner; k++) {
      panel[k * PANEL_COLUMNS + column] = column < columns ? b[column * b_stride + k] : 0.0f;
    }
  }
}
