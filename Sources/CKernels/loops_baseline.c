#include "loops.h"

#define WIDTH 4
#define TABLE ckernels_baseline_table
#if defined(__aarch64__)
#define HAS_FMA 1
// 32 registers.
#define TILE_ROWS 12
#else
#define HAS_FMA 0
// 16 registers.
#define TILE_ROWS 6
#endif
#include "loops_template.h"
