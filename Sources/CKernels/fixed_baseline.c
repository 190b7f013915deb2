#include "tiles.h"

#include <stdint.h>

// Without FMA each fused product is a call, correct and slow.
#define PAIRS_WIDTH 4
#define TILE_ROWS 4
#define TABLE ckernels_baseline_fixed_table

typedef int32_t pair_sums __attribute__((ext_vector_type(PAIRS_WIDTH)));

/// sum + a.even b.even + a.odd b.odd, for every 32 bits as a pair of 16-bit integers.
static inline __attribute__((always_inline)) pair_sums add_products(pair_sums sum, pair_sums a, pair_sums b) {
  return sum + (a << 16 >> 16) * (b << 16 >> 16) + (a >> 16) * (b >> 16);
}

#include "fixed_template.h"
