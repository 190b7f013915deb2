// The kernels, written once. Each file loops_*.c defines WIDTH, HAS_FMA, TILE_ROWS and TABLE and includes this file.
#include "vectors.h"

#include "functions.h"

#include "layer_norm.h"

#include "softmax.h"

#include "products.h"

// x = f(x) for the elements of every row; the last, partial vector of a row is padded with `other`.
#define FOR_EVERY_ELEMENT(f, other)                                                                    \
  for (size_t row = 0; row < rows; row++) {                                                            \
    float *x = values + row * stride;                                                                  \
    size_t column = 0;                                                                                 \
    for (; column + WIDTH <= columns; column += WIDTH) {                                               \
      store(x + column, f(load(x + column)));                                                          \
    }                                                                                                  \
    if (column < columns) {                                                                            \
      const size_t rest = columns - column;                                                            \
      store_part(x + column, rest, f(load_part(x + column, rest, other)));                             \
    }                                                                                                  \
  }

static void gelu(float *values, size_t stride, size_t rows, size_t columns) {
  FOR_EVERY_ELEMENT(gelu_of, 0.0f)
}

static void sigmoid(float *values, size_t stride, size_t rows, size_t columns) {
  FOR_EVERY_ELEMENT(sigmoid_of, 0.0f)
}

// The loops below round once per element, so a scalar remainder and a vector give the same bits. The compiler
// vectorises them.

static void scale_rows(float *values, size_t stride, size_t rows, size_t columns, const float *factors) {
  for (size_t row = 0; row < rows; row++) {
    float *x = values + row * stride;
    const float factor = factors[row];
    for (size_t column = 0; column < columns; column++) {
      x[column] *= factor;
    }
  }
}

static void add(float *values, size_t stride, size_t rows, size_t columns, const float *addend,
                size_t addend_stride) {
  for (size_t row = 0; row < rows; row++) {
    float *x = values + row * stride;
    const float *y = addend + row * addend_stride;
    for (size_t column = 0; column < columns; column++) {
      x[column] += y[column];
    }
  }
}

static void add_to_rows(float *values, size_t stride, size_t rows, size_t columns, const float *addend) {
  add(values, stride, rows, columns, addend, 0);
}

static void fill_rows(float *values, size_t stride, size_t rows, size_t columns, const float *source) {
  for (size_t row = 0; row < rows; row++) {
    memcpy(values + row * stride, source, columns * sizeof(float));
  }
}

const ckernels_table TABLE = {
    .width = WIDTH,
    .layer_norm = layer_norm,
    .gelu = gelu,
    .sigmoid = sigmoid,
    .softmax_numerators = softmax_numerators,
    .scale_rows = scale_rows,
    .add_to_rows = add_to_rows,
    .fill_rows = fill_rows,
    .add = add,
    .tile_rows = TILE_ROWS,
    .panel_columns = PANEL_COLUMNS,
    .pack_panel = pack_panel,
    .pack_panel_transposed = pack_panel_transposed,
    .multiply_panel = multiply_panel,
};
