#include "checks.h"
#include "kernel_tests.h"
#include "packed.h"
#include "references.h"

#include <stdlib.h>

/// The relative error of a number in one part or two: half a unit in the last of 8 or 16 bits.
static number_error error_of_parts(size_t parts) { return (number_error){parts == 2 ? 0x1p-16 : 0x1p-8, 0}; }

static void test_numbers(const char *name, const ckernels_tile_table *kernels, samples *random) {
  const size_t rows = sample_size(random, 1, 70), columns = sample_size(random, 1, 70);
  float *numbers = sample_numbers(random, rows * columns, -100, 100);
  double *exact = zeros(rows * columns * sizeof(double)), *tolerance = zeros(rows * columns * sizeof(double));
  for (size_t index = 0; index < rows * columns; index++) {
    exact[index] = numbers[index];
    tolerance[index] = error_of_parts(kernels->parts).relative * (numbers[index] < 0 ? -exact[index] : exact[index]);
  }
  for (int target = CKERNELS_TILES_TO_LEFT; target <= CKERNELS_TILES_TO_TRANSPOSED_RIGHT; target++) {
    const operand o = pack(kernels, (ckernels_tile_target)target, numbers, rows, columns);
    float *found = unpack(kernels, (ckernels_tile_target)target, o, rows, columns);
    expect_near(found, exact, tolerance, rows * columns, "%s, %zu parts: [%zu, %zu] as operand %d", name,
                kernels->parts, rows, columns, target);
    free(o.units);
    free(found);
  }
  free(numbers);
  free(exact);
  free(tolerance);
}

static void test_product(const char *name, const ckernels_tile_table *kernels, size_t rows, size_t inner,
                         size_t columns, samples *random) {
  float *a = sample_numbers(random, rows * inner, -2, 2), *b = sample_numbers(random, inner * columns, -1, 1);
  const packed_product p = {pack(kernels, CKERNELS_TILES_TO_LEFT, a, rows, inner),
                            pack(kernels, CKERNELS_TILES_TO_RIGHT, b, inner, columns), NULL, rows, inner, columns, 1,
                            false};
  float *found = multiply_to_matrix(name, kernels, &p, NULL);
  number_error error = error_of_parts(kernels->parts);
  // With two parts, the product of the low ones is left out: 2^-9 of either.
  error.relative += 0x1p-18;
  const reference r = product_reference(a, b, rows, inner, columns, error, error);
  expect_near(found, r.exact, r.tolerance, rows * columns, "%s, %zu parts: product of [%zu, %zu, %zu]", name,
              kernels->parts, rows, inner, columns);
  free_reference(r);
  free(p.left.units);
  free(p.right.units);
  free(found);
  free(a);
  free(b);
}

static void test_attention(const char *name, const ckernels_tile_table *kernels, size_t keys, samples *random) {
  const size_t queries = sample_size(random, 1, 32), width = sample_size(random, 1, 70);
  float *query = sample_numbers(random, queries * width, -2, 2), *key = sample_numbers(random, keys * width, -2, 2);
  float *value = sample_numbers(random, keys * width, -1, 1);
  const operand output = attend(kernels, query, key, value, queries, keys, width, 0.125f);
  float *found = unpack(kernels, CKERNELS_TILES_TO_LEFT, output, queries, width);
  number_error error = error_of_parts(kernels->parts);
  error.relative += 0x1p-18;
  for (size_t row = 0; row < queries; row++) {
    const reference r = attention_reference(query + row * width, key, value, keys, width, 0.125f, error,
                                            kernels->parts == 2 ? 0x1p-21 : 0x1p-12);
    expect_near(found + row * width, r.exact, r.tolerance, width, "%s, %zu parts: attention to %zu keys, width %zu",
                name, kernels->parts, keys, width);
    free_reference(r);
  }
  free(output.units);
  free(found);
  free(query);
  free(key);
  free(value);
}

void test_bfloat16(const char *name, const ckernels_tile_table *kernels) {
  samples random = {3};
  const size_t sizes[] = {1, 2, 31, 32, 33, 64, 65, 100, 129};
  for (size_t index = 0; index < sizeof(sizes) / sizeof(sizes[0]); index++) {
    test_numbers(name, kernels, &random);
    test_product(name, kernels, sizes[index], sample_size(&random, 1, 300), sample_size(&random, 1, 100), &random);
    test_product(name, kernels, sample_size(&random, 1, 100), sizes[index], sample_size(&random, 1, 100), &random);
    test_product(name, kernels, sample_size(&random, 1, 100), sample_size(&random, 1, 300), sizes[index], &random);
    test_attention(name, kernels, sizes[index], &random);
    test_attention(name, kernels, 3 * sizes[index], &random);
  }
}
