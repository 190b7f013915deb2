// The tile kernels, written once. Each file tiles_*.c defines how a tile is loaded, multiplied and stored, defines
// HAS_BFLOAT16 and TABLE, and includes this file.
#include <float.h>

// Fused operations are written explicitly, so that all implementations round in the same way.
#pragma clang fp contract(off)

#include "functions.h"

#include "layer_norm.h"

#include "tiles_layout.h"

/// Four products of the tiles 4 and 5 of the left operand by 6 and 7 of the right one.
#define TILE_MULTIPLY_ALL                                                                              \
  do {                                                                                                 \
    TILE_MULTIPLY(0, 4, 6);                                                                            \
    TILE_MULTIPLY(1, 4, 7);                                                                            \
    TILE_MULTIPLY(2, 5, 6);                                                                            \
    TILE_MULTIPLY(3, 5, 7);                                                                            \
  } while (0)

#include "tiles_products.h"

// Minimax in the relative error, like those in functions.h.
#define POWER_LOW_0 0.99992806f
#define POWER_LOW_1 0.693261f
#define POWER_LOW_2 0.24261113f
#define POWER_LOW_3 0.05517167f
#define POWER_HIGH_0 1.0000001f
#define POWER_HIGH_1 0.69314694f
#define POWER_HIGH_2 0.2402212f
#define POWER_HIGH_3 0.05550713f
#define POWER_HIGH_4 0.009675541f
#define POWER_HIGH_5 0.0013276472f

#include "tiles_attention.h"

// One function for each number of parts, which is a compile-time constant in the functions that it calls.
#define FUNCTIONS(parts)                                                                               \
  static void normalize_##parts(const float *input, size_t stride, size_t rows, size_t columns,        \
                                const float *scale, const float *bias, float epsilon, float *scratch,  \
                                void *left) {                                                          \
    normalize_rows(parts, input, stride, rows, columns, scale, bias, epsilon, scratch, left);          \
  }                                                                                                    \
  static void pack_##parts(ckernels_tile_target target, const float *values, size_t stride,            \
                           size_t rows, size_t columns, void *unit) {                                  \
    pack_unit(parts, target, values, stride, rows, columns, unit);                                     \
  }                                                                                                    \
  static void unpack_##parts(ckernels_tile_target target, const void *unit, float *values) {           \
    unpack_unit(parts, target, unit, values);                                                          \
  }                                                                                                    \
  static void multiply_##parts(const ckernels_tile_product *product,                                   \
                               const ckernels_tile_epilogue *epilogue) {                               \
    multiply_all(parts, product, epilogue);                                                            \
  }                                                                                                    \
  static void attend_##parts(const ckernels_tile_attention *attention, void *scratch) {                \
    attend_all(parts, attention, scratch);                                                             \
  }

FUNCTIONS(1)
FUNCTIONS(2)

#define ENTRIES(number)                                                                                \
  {.parts = number,                                                                                    \
   .normalize = normalize_##number,                                                                    \
   .pack = pack_##number,                                                                              \
   .unpack = unpack_##number,                                                                          \
   .multiply = multiply_##number,                                                                      \
   .attend = attend_##number}

const ckernels_tile_table TABLE[2] = {ENTRIES(1), ENTRIES(2)};
