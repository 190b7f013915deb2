// Vectors of the kernels for packed operands: rows of a unit. Included first, with HAS_FMA defined and a layout's UNIT.
//
// Vectors have 16 numbers in every implementation, so that all give the same bits. Where the instruction set has shorter
// ones, a vector takes several registers. No call passes them, because all such functions are inlined.
#pragma clang diagnostic ignored "-Wpsabi"

// Fused operations are written explicitly, so that all implementations round in the same way.
#pragma clang fp contract(off)

#define WIDTH 16
#include "vectors.h"

/// The vectors in a row of a unit.
#define UNIT_VECTORS (UNIT / WIDTH)

/// Loads the first `count` numbers of a unit's row, and sets the others to 0.
INLINE void load_row(const float *from, size_t count, vector *x) {
  for (size_t part = 0; part < UNIT_VECTORS; part++) {
    const size_t first = part * WIDTH, rest = count > first ? count - first : 0;
    x[part] = rest >= WIDTH ? load(from + first) : rest > 0 ? load_part(from + first, rest, 0.0f) : splat(0.0f);
  }
}

INLINE void store_row(float *to, const vector *x) {
  for (size_t part = 0; part < UNIT_VECTORS; part++) {
    store(to + part * WIDTH, x[part]);
  }
}
