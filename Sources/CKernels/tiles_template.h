// The bfloat16 kernels, written once. Each file tiles_*.c defines how a tile is loaded, multiplied and stored, defines
// HAS_BFLOAT16 and TABLE, and includes this file after tiles_vectors.h.
#include <float.h>

#include "functions.h"

#include "layer_norm.h"

#include "tiles_layout.h"

#include "tiles_packing.h"

#include "tiles_epilogue.h"

/// Four products of the tiles 4 and 5 of the left operand by 6 and 7 of the right one.
#define TILE_MULTIPLY_ALL                                                                              \
  do {                                                                                                 \
    TILE_MULTIPLY(0, 4, 6);                                                                            \
    TILE_MULTIPLY(1, 4, 7);                                                                            \
    TILE_MULTIPLY(2, 5, 6);                                                                            \
    TILE_MULTIPLY(3, 5, 7);                                                                            \
  } while (0)

#include "tiles_products.h"

#define CHUNK 128
#define PARTS_LIMIT 2
#define POWER_DEGREE(parts) ((parts) == 1 ? 3 : 5)
// A tile costs the same however full it is.
#define QUERY_ROWS(attention) ((void)(attention), (size_t)UNIT)
#include "tiles_attention.h"

#include "tiles_table.h"

// One function for each number of parts, which is a compile-time constant in the functions that it calls.
FUNCTIONS(1)
FUNCTIONS(2)

const ckernels_tile_table TABLE[2] = {ENTRIES(1), ENTRIES(2)};
