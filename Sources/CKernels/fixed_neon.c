#include "tiles.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#define PAIRS_WIDTH 4
#define TILE_ROWS 8
#define TABLE ckernels_neon_fixed_table

typedef int32_t pair_sums __attribute__((ext_vector_type(PAIRS_WIDTH)));

/// sum + a.even b.even + a.odd b.odd, for every 32 bits as a pair of 16-bit integers. All pairs of a are the same, so
/// that SMLAL takes its two integers as lanes; the compiler separates those of b once for all rows.
static inline __attribute__((always_inline)) pair_sums add_products(pair_sums sum, pair_sums a, pair_sums b) {
  const int16x4_t factors = vget_low_s16((int16x8_t)a);
  const int16x4_t even = vmovn_s32((int32x4_t)b), odd = vshrn_n_s32((int32x4_t)b, 16);
  return (pair_sums)vmlal_lane_s16(vmlal_lane_s16((int32x4_t)sum, even, factors, 0), odd, factors, 1);
}

#include "fixed_template.h"
#endif
