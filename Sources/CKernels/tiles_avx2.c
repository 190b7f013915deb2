#include "tiles.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define TABLE ckernels_avx2_tile_tables
#include "tiles_emulated.h"

#pragma clang attribute pop
#endif
