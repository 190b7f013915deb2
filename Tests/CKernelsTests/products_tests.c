#include "checks.h"
#include "kernel_tests.h"
#include "references.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const number_error no_error = {0, 0};

/// A product by one panel. a: [rows, inner]; b: [inner, columns]; bias: [columns]; old: [rows, columns].
typedef struct {
  size_t rows, inner, columns;
  float *a, *b, *bias, *old;
} panel_case;

static panel_case make_case(size_t rows, size_t inner, size_t columns, samples *random) {
  return (panel_case){rows, inner, columns, sample_numbers(random, rows * inner, -2, 2),
                      sample_numbers(random, inner * columns, -1, 1), sample_numbers(random, columns, -1, 1),
                      sample_numbers(random, rows * columns, -1, 1)};
}

static void free_case(panel_case c) {
  free(c.a);
  free(c.b);
  free(c.bias);
  free(c.old);
}

/// The plain loop in single precision, from the first term of every sum to the last.
static float *plain_product(const panel_case *c, bool is_fused) {
  float *product = zeros(c->rows * c->columns * sizeof(float));
  for (size_t row = 0; row < c->rows; row++) {
    for (size_t k = 0; k < c->inner; k++) {
      for (size_t column = 0; column < c->columns; column++) {
        float *sum = &product[row * c->columns + column];
        const float x = c->a[row * c->inner + k], y = c->b[k * c->columns + column];
        *sum = is_fused ? fmaf(x, y, *sum) : *sum + x * y;
      }
    }
  }
  return product;
}

/// Applies an epilogue to the plain loop's sums.
static void finish(const ckernels_table *kernels, const panel_case *c, const ckernels_epilogue *epilogue, float *sums) {
  const size_t count = c->rows * c->columns;
  for (size_t index = 0; index < count && epilogue->bias != NULL; index++) {
    sums[index] += c->bias[index % c->columns];
  }
  if (epilogue->gelu) {
    kernels->gelu(sums, c->columns, c->rows, c->columns);
  }
  for (size_t index = 0; index < count && epilogue->accumulates; index++) {
    sums[index] += c->old[index];
  }
}

/// The kernel's result. is_in_matrix: b is read in place, in a matrix with NaN beside it, else packed.
static float *kernel_product(const char *name, const ckernels_table *kernels, const panel_case *c,
                             const ckernels_epilogue *epilogue, bool is_in_matrix, bool is_next) {
  const size_t width = kernels->panel_columns, stride = is_in_matrix ? width + 5 : width;
  const matrix a = make_matrix(c->a, c->rows, c->inner);
  matrix result = make_matrix(epilogue != NULL && epilogue->accumulates ? c->old : NULL, c->rows, c->columns);
  float *panel = zeros(c->inner * stride * sizeof(float)), *next = zeros(c->inner * stride * sizeof(float));
  if (is_in_matrix) {
    for (size_t index = 0; index < c->inner * stride; index++) {
      const size_t k = index / stride, column = index % stride;
      panel[index] = column < c->columns ? c->b[k * c->columns + column] : NAN;
    }
  } else {
    kernels->pack_panel(c->b, c->columns, c->inner, c->columns, panel);
  }
  kernels->multiply_panel(a.at, a.stride, c->rows, c->inner, panel, stride, c->columns, epilogue,
                          is_next ? next : NULL, result.at, result.stride);
  free(panel);
  free(next);
  free_matrix(a);
  return take_numbers(result, name);
}

static void test_panel_case(const char *name, const ckernels_table *kernels, const panel_case *c, bool is_fused) {
  const size_t count = c->rows * c->columns;
  for (int kind = 0; kind < 9; kind++) {
    const ckernels_epilogue some = {(kind & 1) != 0 ? c->bias : NULL, (kind & 2) != 0, (kind & 4) != 0};
    const ckernels_epilogue *epilogue = kind < 8 ? &some : NULL;
    float *expected = plain_product(c, is_fused);
    if (epilogue != NULL) {
      finish(kernels, c, epilogue, expected);
    }
    for (int place = 0; place < 3; place++) {
      float *found = kernel_product(name, kernels, c, epilogue, place == 1, place == 2);
      expect_same(found, expected, count, "%s: [%zu, %zu, %zu], epilogue %d, place %d", name, c->rows, c->inner,
                  c->columns, kind, place);
      free(found);
    }
    free(expected);
  }
  const reference r = product_reference(c->a, c->b, c->rows, c->inner, c->columns, no_error, no_error);
  float *found = kernel_product(name, kernels, c, NULL, false, false);
  expect_near(found, r.exact, r.tolerance, count, "%s: product of [%zu, %zu, %zu]", name, c->rows, c->inner,
              c->columns);
  free(found);
  free_reference(r);
}

/// Panels hold their columns and zeros, from the matrix and from its transpose.
static void test_packing(const char *name, const ckernels_table *kernels, const panel_case *c) {
  const size_t width = kernels->panel_columns, count = c->inner * width;
  float *transpose = zeros(c->inner * c->columns * sizeof(float)), *expected = zeros(count * sizeof(float));
  for (size_t k = 0; k < c->inner; k++) {
    for (size_t column = 0; column < c->columns; column++) {
      const float x = c->b[k * c->columns + column];
      transpose[column * c->inner + k] = expected[k * width + column] = x;
    }
  }
  float *found = sample_numbers(&(samples){7}, 2 * count, 1, 2);
  kernels->pack_panel(c->b, c->columns, c->inner, c->columns, found);
  kernels->pack_panel_transposed(transpose, c->inner, c->inner, c->columns, found + count);
  expect_same(found, expected, count, "%s: packing [%zu, %zu]", name, c->inner, c->columns);
  expect_same(found + count, expected, count, "%s: packing the transpose of [%zu, %zu]", name, c->inner, c->columns);
  free(transpose);
  free(expected);
  free(found);
}

/// c = a b or a bᵀ, panel by panel. a: [rows, inner]; c: [rows, columns].
static void multiply(const ckernels_table *kernels, const float *a, const float *b, size_t rows, size_t inner,
                     size_t columns, bool transposes, float *c) {
  const size_t width = kernels->panel_columns;
  float *panel = zeros(inner * width * sizeof(float));
  for (size_t column = 0; column < columns; column += width) {
    const size_t count = columns - column < width ? columns - column : width;
    if (transposes) {
      kernels->pack_panel_transposed(b + column * inner, inner, inner, count, panel);
    } else {
      kernels->pack_panel(b + column, columns, inner, count, panel);
    }
    kernels->multiply_panel(a, inner, rows, inner, panel, width, count, NULL, NULL, c + column, columns);
  }
  free(panel);
}

static void test_attention(const char *name, const ckernels_table *kernels, size_t keys, samples *random) {
  const size_t queries = sample_size(random, 1, 20), width = sample_size(random, 1, 70);
  float *query = sample_numbers(random, queries * width, -2, 2), *key = sample_numbers(random, keys * width, -2, 2);
  float *value = sample_numbers(random, keys * width, -1, 1), *scores = zeros(queries * keys * sizeof(float));
  float *found = zeros(queries * width * sizeof(float)), sums[20];
  multiply(kernels, query, key, queries, width, keys, true, scores);
  kernels->softmax_numerators(scores, keys, queries, keys, 0.125f, sums);
  multiply(kernels, scores, value, queries, keys, width, false, found);
  for (size_t row = 0; row < queries; row++) {
    sums[row] = 1 / sums[row];
  }
  kernels->scale_rows(found, width, queries, width, sums);
  for (size_t row = 0; row < queries; row++) {
    const reference r = attention_reference(query + row * width, key, value, keys, width, 0.125f, no_error, 0);
    expect_near(found + row * width, r.exact, r.tolerance, width, "%s: attention to %zu keys, width %zu", name, keys,
                width);
    free_reference(r);
  }
  free(query);
  free(key);
  free(value);
  free(scores);
  free(found);
}

void test_products(const char *name, const ckernels_table *kernels, bool is_fused) {
  samples random = {2};
  // Every number of rows and of columns, then random sizes, then those of the model.
  const size_t row_cases = 2 * kernels->tile_rows + 1, column_cases = kernels->panel_columns;
  const size_t lengths[] = {0, 1, 2, 3, 4, 5, 64, 400, 768, 1685, 3072};
  const size_t length_cases = sizeof(lengths) / sizeof(lengths[0]), random_cases = 40;
  for (size_t index = 0; index < row_cases + column_cases + length_cases + random_cases; index++) {
    size_t rows = sample_size(&random, 1, 3 * kernels->tile_rows), inner = sample_size(&random, 1, 90);
    size_t columns = sample_size(&random, 1, kernels->panel_columns);
    if (index < row_cases) {
      rows = index + 1;
    } else if (index < row_cases + column_cases) {
      columns = index - row_cases + 1;
    } else if (index < row_cases + column_cases + length_cases) {
      inner = lengths[index - row_cases - column_cases];
    }
    const panel_case c = make_case(rows, inner, columns, &random);
    test_panel_case(name, kernels, &c, is_fused);
    test_packing(name, kernels, &c);
    free_case(c);
  }
  const size_t key_counts[] = {1, 2, 7, 31, 32, 33, 100, 281};
  for (size_t index = 0; index < sizeof(key_counts) / sizeof(key_counts[0]); index++) {
    test_attention(name, kernels, key_counts[index], &random);
  }
}
