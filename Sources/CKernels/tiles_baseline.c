#include "tiles.h"

// Without FMA each fused product is a call, correct and slow.
#define TABLE ckernels_baseline_tile_tables
#include "tiles_emulated.h"
