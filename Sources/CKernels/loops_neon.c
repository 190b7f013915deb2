#include "loops.h"

#if defined(__aarch64__)
#define WIDTH 4
#define TABLE ckernels_neon_table
#define HAS_FMA 1
#define MULTIPLIES_BY_LANE 1
#define TILE_ROWS 8
#include "loops_template.h"
#endif
