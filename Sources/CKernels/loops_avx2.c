#include "loops.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define WIDTH 8
#define TABLE ckernels_avx2_table
#define HAS_FMA 1
#define TILE_ROWS 6
#include "loops_template.h"

#pragma clang attribute pop
#endif
