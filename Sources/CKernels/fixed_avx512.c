#include "tiles.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)

#define PAIRS_WIDTH 16
#define TILE_ROWS 8
#define TABLE ckernels_avx512_fixed_table

typedef int32_t pair_sums __attribute__((ext_vector_type(PAIRS_WIDTH)));

/// sum + a.even b.even + a.odd b.odd, for every 32 bits as a pair of 16-bit integers.
static inline __attribute__((always_inline)) pair_sums add_products(pair_sums sum, pair_sums a, pair_sums b) {
  return sum + (pair_sums)_mm512_madd_epi16((__m512i)a, (__m512i)b);
}

#include "fixed_template.h"

#pragma clang attribute pop
#endif
