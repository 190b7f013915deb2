#include "checks.h"
#include "kernel_tests.h"
#include "references.h"

#include <math.h>
#include <stdlib.h>

/// The columns of a case: around the ends of a vector and of the unrolled loops, those of the model, and random ones.
static size_t columns_of_case(size_t index, size_t width, samples *random) {
  const size_t ends[] = {1, width - 1, width, width + 1, 2 * width - 1, 2 * width, 2 * width + 3, 4 * width - 1,
                         4 * width, 4 * width + 1, 64, 400, 768, 1685, 3072};
  const size_t count = sizeof(ends) / sizeof(ends[0]);
  return index < count ? ends[index] : sample_size(random, 1, 300);
}
#define CASE_COUNT 40

typedef void (*activation)(float *values, size_t stride, size_t rows, size_t columns);

static void test_activation(const char *name, activation kernel, reference (*exact_of)(const float *, size_t),
                            const float *input, size_t rows, size_t columns) {
  const reference r = exact_of(input, rows * columns);
  const matrix values = make_matrix(input, rows, columns);
  kernel(values.at, values.stride, rows, columns);
  float *found = take_numbers(values, name);
  expect_near(found, r.exact, r.tolerance, rows * columns, "%s of [%zu, %zu]", name, rows, columns);
  free(found);
  free_reference(r);
}

static void test_activations(const char *name, const ckernels_table *kernels, size_t columns, samples *random) {
  float *middle = sample_numbers(random, 3 * columns, -14, 14), *wide = sample_numbers(random, 3 * columns, -100, 100);
  test_activation(name, kernels->gelu, gelu_reference, middle, 3, columns);
  test_activation(name, kernels->sigmoid, sigmoid_reference, wide, 3, columns);
  free(middle);
  free(wide);
}

static void test_special_activations(const char *name, const ckernels_table *kernels) {
  const float special[] = {0,    0x1p-149f, 0x1p-133f, 0x1p-126f, 1e-30f, 1e-7f,  0.5f,  1,    2,    4.5f,
                           5.9f, 8,         12.5f,     13.2f,     14,     14.5f,  87.3f, 87.4f, 104, 1e19f,
                           3.4e38f, INFINITY, NAN};
  const size_t count = sizeof(special) / sizeof(special[0]);
  float both[2 * sizeof(special) / sizeof(special[0])];
  for (size_t index = 0; index < count; index++) {
    both[2 * index] = special[index];
    both[2 * index + 1] = -special[index];
  }
  test_activation(name, kernels->gelu, gelu_reference, both, 1, 2 * count);
  test_activation(name, kernels->sigmoid, sigmoid_reference, both, 1, 2 * count);
}

static void test_softmax(const char *name, const ckernels_table *kernels, size_t columns, float limit, float scale,
                         samples *random) {
  const size_t rows = 3;
  float *input = sample_numbers(random, rows * columns, -limit, limit), sums[3];
  // A masked score, and a row of them.
  if (columns > 1) {
    input[columns / 2] = -INFINITY;
  }
  for (size_t column = 0; column < columns; column++) {
    input[2 * columns + column] = -INFINITY;
  }
  const matrix values = make_matrix(input, rows, columns);
  kernels->softmax_numerators(values.at, values.stride, rows, columns, scale, sums);
  float *found = take_numbers(values, name);
  for (size_t row = 0; row < 2; row++) {
    const reference r = softmax_reference(input + row * columns, columns, scale);
    const float *numerators = found + row * columns;
    expect_near(numerators, r.exact, r.tolerance, columns, "%s: softmax of %zu up to %g", name, columns, (double)limit);
    double sum = 0;
    for (size_t column = 0; column < columns; column++) {
      sum += numerators[column];
    }
    const double tolerance = (double)(columns / kernels->width + 8) * ROUNDING * sum;
    expect_near(&sums[row], &sum, &tolerance, 1, "%s: sum of %zu", name, columns);
    free_reference(r);
  }
  expect(sums[2] == 0 && found[2 * columns] == 0, "%s: softmax of a masked row of %zu", name, columns);
  free(input);
  free(found);
}

static void test_layer_norm(const char *name, const ckernels_table *kernels, size_t columns, float low, float high,
                            samples *random) {
  const size_t rows = 3;
  float *input = sample_numbers(random, rows * columns, low, high);
  float *scale = sample_numbers(random, columns, -2, 2), *bias = sample_numbers(random, columns, -1, 1);
  const matrix from = make_matrix(input, rows, columns), to = make_matrix(NULL, rows, columns);
  kernels->layer_norm(from.at, from.stride, rows, columns, scale, bias, 1e-6f, to.at, to.stride);
  float *found = take_numbers(to, name);
  for (size_t row = 0; row < rows; row++) {
    const reference r = layer_norm_reference(input + row * columns, scale, bias, columns, 1e-6f, kernels->width);
    expect_near(found + row * columns, r.exact, r.tolerance, columns, "%s: norm of %zu from %g to %g", name, columns,
                (double)low, (double)high);
    free_reference(r);
  }
  free_matrix(from);
  free(input);
  free(scale);
  free(bias);
  free(found);
}

/// Sums and products by rows, which round once: bit for bit.
static void test_row_arithmetic(const char *name, const ckernels_table *kernels, size_t columns, samples *random) {
  const size_t rows = 3, count = rows * columns;
  float *input = sample_numbers(random, count, -5, 5), *other = sample_numbers(random, count, -5, 5);
  float *expected[4];
  for (size_t kind = 0; kind < 4; kind++) {
    expected[kind] = zeros(count * sizeof(float));
    for (size_t index = 0; index < count; index++) {
      const float x = input[index], by_column = other[index % columns];
      const float results[4] = {x * other[index / columns], x + by_column, by_column, x + other[index]};
      expected[kind][index] = results[kind];
    }
  }
  for (size_t kind = 0; kind < 4; kind++) {
    const matrix values = make_matrix(input, rows, columns), addend = make_matrix(other, rows, columns);
    switch (kind) {
    case 0: kernels->scale_rows(values.at, values.stride, rows, columns, other); break;
    case 1: kernels->add_to_rows(values.at, values.stride, rows, columns, other); break;
    case 2: kernels->fill_rows(values.at, values.stride, rows, columns, other); break;
    default: kernels->add(values.at, values.stride, rows, columns, addend.at, addend.stride);
    }
    float *found = take_numbers(values, name);
    expect_same(found, expected[kind], count, "%s: row arithmetic %zu of %zu columns", name, kind, columns);
    free(found);
    free(expected[kind]);
    free_matrix(addend);
  }
  free(input);
  free(other);
}

void test_loops(const char *name, const ckernels_table *kernels) {
  samples random = {1};
  for (size_t index = 0; index < CASE_COUNT; index++) {
    const size_t columns = columns_of_case(index, kernels->width, &random);
    test_activations(name, kernels, columns, &random);
    test_softmax(name, kernels, columns, 30, 0.125f, &random);
    test_softmax(name, kernels, columns, 1e30f, 1, &random);
    test_layer_norm(name, kernels, columns, -1, 1, &random);
    test_layer_norm(name, kernels, columns, 99, 101, &random);
    test_layer_norm(name, kernels, columns, -1e15f, 1e15f, &random);
    test_row_arithmetic(name, kernels, columns, &random);
  }
  test_special_activations(name, kernels);
}
