// The kernel tables that the files tiles_*.c define: for numbers in one part, and in two.
#ifndef TILES_H
#define TILES_H

#include "CKernels.h"

#define TILE_BYTES 1024
#define TILE_ROW_BYTES 64

extern const ckernels_tile_table ckernels_baseline_tile_tables[2];
#if defined(__x86_64__)
extern const ckernels_tile_table ckernels_avx2_tile_tables[2];
extern const ckernels_tile_table ckernels_amx_tile_tables[2];
#endif

#endif
