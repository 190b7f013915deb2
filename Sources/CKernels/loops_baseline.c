#include "loops.h"

#define WIDTH 4
#define TABLE ckernels_baseline_table
#define TILE_ROWS 6
#if defined(__aarch64__)
#define HAS_FMA 1
#else
#define HAS_FMA 0
#endif
#include "loops_template.h"
