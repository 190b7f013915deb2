// The kernels for 16-bit fixed-point operands, written once. Each file fixed_*.c defines PAIRS_WIDTH, pair_sums and
// add_products, the vectors of integer sums and how products are added to them, TILE_ROWS and TABLE, and includes this
// file.
#include <float.h>

#define HAS_FMA 1
#define UNIT 64
#include "tiles_vectors.h"

#include "functions.h"

#include "layer_norm.h"

#include "fixed_layout.h"

#include "tiles_packing.h"

#include "tiles_epilogue.h"

#include "fixed_products.h"

#define CHUNK 128
#define PARTS_LIMIT 1
#define POWER_DEGREE(parts) 5
#define QUERY_ROWS(attention) ((attention)->query_count)
#define TILES_PARAMETER
#define TILES_ARGUMENT
#define TILES_BEGIN (void)0
#define TILES_END (void)0
#include "tiles_attention.h"

#include "tiles_table.h"

FUNCTIONS(1)

const ckernels_tile_table TABLE = ENTRIES(1);
