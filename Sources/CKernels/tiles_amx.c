#include "tiles.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,amx-tile,amx-bf16"))), \
    apply_to = function)

#define HAS_FMA 1
#define UNIT 32
#include "tiles_vectors.h"

/// The operand of LDTILECFG: palette 1, and for each tile the bytes per row and the rows.
typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} tile_configuration;

/// Eight tiles of 16 rows of 64 bytes.
static const tile_configuration whole_tiles = {
    .palette = 1,
    .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {16, 16, 16, 16, 16, 16, 16, 16},
};

// Each thread has its own tile registers. They are configured at the start of a call and released at its end, so that
// other code on the thread does not find them in use, and thread switches between calls do not save them.
#define TILES_BEGIN _tile_loadconfig(&whole_tiles)
#define TILES_END _tile_release()
#define TILES_PARAMETER
#define TILES_ARGUMENT
#define TILE_ZERO(index) _tile_zero(index)
#define TILE_LOAD(index, from, stride) _tile_loadd(index, from, stride)
#define TILE_STORE(index, to, stride) _tile_stored(index, to, stride)
#define TILE_MULTIPLY(sums, left, right) _tile_dpbf16ps(sums, left, right)

#define HAS_BFLOAT16 1
#define TABLE ckernels_amx_tile_tables
#include "tiles_template.h"

#pragma clang attribute pop
#endif
