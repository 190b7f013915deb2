// The kernel tables that the files tiles_*.c define, for bfloat16 numbers in one part and in two, and those of the files
// fixed_*.c.
#ifndef TILES_H
#define TILES_H

#include "CKernels.h"

#define TILE_BYTES 1024
#define TILE_ROW_BYTES 64

extern const ckernels_tile_table ckernels_baseline_tile_tables[2];
extern const ckernels_tile_table ckernels_baseline_fixed_table;
#if defined(__x86_64__)
extern const ckernels_tile_table ckernels_avx2_tile_tables[2];
extern const ckernels_tile_table ckernels_amx_tile_tables[2];
extern const ckernels_tile_table ckernels_avx2_fixed_table;
extern const ckernels_tile_table ckernels_avx_vnni_fixed_table;
extern const ckernels_tile_table ckernels_avx512_fixed_table;
extern const ckernels_tile_table ckernels_avx512_vnni_fixed_table;
#elif defined(__aarch64__)
extern const ckernels_tile_table ckernels_neon_fixed_table;
#endif

#endif
