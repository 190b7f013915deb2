#include "loops.h"

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), \
    apply_to = function)

#define WIDTH 16
#define TABLE ckernels_avx512_table
#define HAS_FMA 1
#define TILE_ROWS 12
#include "loops_template.h"

#pragma clang attribute pop
#endif
