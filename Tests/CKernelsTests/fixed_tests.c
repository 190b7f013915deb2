#include "checks.h"
#include "kernel_tests.h"
#include "packed.h"
#include "references.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// An implementation, the one that it is compared with, and the checksum of its results so far.
typedef struct {
  const char *name;
  const ckernels_tile_table *kernels, *baseline;
  uint64_t checksum;
} comparison;

/// A number is off by half an integer of 12 bits and a sign (right operands) at most, and by roundings of its scale.
static const number_error fixed_error = {0, 0.5 / 4095 + 0x1p-21};

/// Expects the same bytes, adds them to the checksum and frees both.
static void compare_operands(comparison *c, operand ours, operand theirs, const char *what) {
  const size_t bytes = ours.count * c->kernels->unit_bytes;
  expect(memcmp(ours.units, theirs.units, bytes) == 0, "%s: %s, %zu units differ from the baseline's", c->name, what,
         ours.count);
  c->checksum = add_to_checksum(c->checksum, ours.units, bytes);
  free(ours.units);
  free(theirs.units);
}

/// Expects the same numbers, adds those that are not NaN to the checksum and frees both.
static void compare_numbers(comparison *c, float *ours, float *theirs, size_t count, const char *what) {
  expect_same(ours, theirs, count, "%s: %s, against the baseline", c->name, what);
  for (size_t index = 0; index < count; index++) {
    if (!isnan(ours[index])) {
      c->checksum = add_to_checksum(c->checksum, &ours[index], sizeof(float));
    }
  }
  free(ours);
  free(theirs);
}

typedef enum { ORDINARY, HUGE_ROWS, SUBNORMAL, SPECIAL, KIND_COUNT } number_kind;

/// Random numbers with rows of zeros; and rows with a huge number, of tiny numbers alone, or with an infinite one or
/// NaN.
static float *numbers_of_kind(number_kind kind, size_t rows, size_t columns, samples *random) {
  const float limit = kind == SUBNORMAL ? 0x1p-128f : 2;
  float *numbers = sample_numbers(random, rows * columns, -limit, limit);
  for (size_t row = 0; row < rows; row++) {
    float *x = numbers + row * columns;
    const size_t column = sample_size(random, 0, columns - 1), choice = sample_size(random, 0, 5);
    if (choice == 0) {
      memset(x, 0, columns * sizeof(float));
    } else if (kind == HUGE_ROWS && choice < 3) {
      x[column] = 1e30f;
    } else if (kind == SUBNORMAL && choice < 3) {
      // Just where a row's numbers stop being 0.
      x[column] = choice == 1 ? 0x1p-100f : 0x1.fffffep-101f;
    } else if (kind == SPECIAL && choice < 4) {
      x[column] = choice == 1 ? NAN : choice == 2 ? INFINITY : -INFINITY;
    }
  }
  return numbers;
}

static void test_packing(comparison *c, number_kind kind, samples *random) {
  const size_t rows = sample_size(random, 1, 140), columns = sample_size(random, 1, 140);
  float *numbers = numbers_of_kind(kind, rows, columns, random);
  for (int index = CKERNELS_TILES_TO_LEFT; index <= CKERNELS_TILES_TO_TRANSPOSED_RIGHT; index++) {
    const ckernels_tile_target target = (ckernels_tile_target)index;
    const operand ours = pack(c->kernels, target, numbers, rows, columns);
    const operand theirs = pack(c->baseline, target, numbers, rows, columns);
    compare_numbers(c, unpack(c->kernels, target, ours, rows, columns),
                    unpack(c->baseline, target, theirs, rows, columns), rows * columns, "packed numbers");
    if (kind != SPECIAL) {
      compare_operands(c, ours, theirs, "packed operand");
    } else {
      free(ours.units);
      free(theirs.units);
    }
  }
  free(numbers);
}

static void test_norm(comparison *c, size_t columns, float low, float high, samples *random) {
  const size_t rows = sample_size(random, 1, 70);
  float *input = sample_numbers(random, rows * columns, low, high);
  float *scale = sample_numbers(random, columns, -2, 2), *bias = sample_numbers(random, columns, -1, 1);
  float *scratch = zeros(columns * sizeof(float));
  const operand ours = new_operand(c->kernels, rows, columns), theirs = new_operand(c->kernels, rows, columns);
  c->kernels->normalize(input, columns, rows, columns, scale, bias, 1e-6f, scratch, ours.units);
  c->baseline->normalize(input, columns, rows, columns, scale, bias, 1e-6f, scratch, theirs.units);
  compare_operands(c, ours, theirs, "norm");
  free(input);
  free(scale);
  free(bias);
  free(scratch);
}

/// Every epilogue and every target.
static void compare_products(comparison *c, packed_product *p, number_kind kind, samples *random) {
  const size_t count = p->rows * p->columns;
  float *bias = sample_numbers(random, p->columns, -1, 1), *old = sample_numbers(random, count, -1, 1);
  for (int epilogue = 0; epilogue < 8; epilogue++) {
    p->bias = (epilogue & 1) != 0 ? bias : NULL;
    p->gelu = (epilogue & 2) != 0;
    p->factor = (epilogue & 2) != 0 ? 1 : 0.25f;
    const float *addend = (epilogue & 4) != 0 ? old : NULL;
    compare_numbers(c, multiply_to_matrix(c->name, c->kernels, p, addend),
                    multiply_to_matrix(c->name, c->baseline, p, addend), count, "product");
    if (kind != SPECIAL && addend == NULL) {
      for (int target = CKERNELS_TILES_TO_LEFT; target <= CKERNELS_TILES_TO_TRANSPOSED_RIGHT; target++) {
        compare_operands(c, multiply_to_operand(c->kernels, p, (ckernels_tile_target)target),
                         multiply_to_operand(c->baseline, p, (ckernels_tile_target)target), "product as operand");
      }
    }
  }
  free(bias);
  free(old);
}

static void test_product(comparison *c, number_kind kind, size_t rows, size_t inner, size_t columns,
                         samples *random) {
  float *a = numbers_of_kind(kind, rows, inner, random), *b = sample_numbers(random, inner * columns, -1, 1);
  packed_product p = {pack(c->kernels, CKERNELS_TILES_TO_LEFT, a, rows, inner),
                      pack(c->kernels, CKERNELS_TILES_TO_RIGHT, b, inner, columns), NULL, rows, inner, columns, 1,
                      false};
  compare_products(c, &p, kind, random);
  if (kind == ORDINARY) {
    p.bias = NULL;
    p.factor = 1;
    p.gelu = false;
    const reference r = product_reference(a, b, rows, inner, columns, fixed_error, fixed_error);
    float *found = multiply_to_matrix(c->name, c->kernels, &p, NULL);
    expect_near(found, r.exact, r.tolerance, rows * columns, "%s: product of [%zu, %zu, %zu]", c->name, rows, inner,
                columns);
    free(found);
    free_reference(r);
  }
  free(p.left.units);
  free(p.right.units);
  free(a);
  free(b);
}

/// All integers at their ends: the largest sums that there are.
static void test_largest_sums(comparison *c, float sign) {
  enum { ROWS = 9, INNER = 128, COLUMNS = 33 };
  float a[ROWS * INNER], b[INNER * COLUMNS];
  double exact[ROWS * COLUMNS], tolerance[ROWS * COLUMNS];
  for (size_t index = 0; index < ROWS * INNER; index++) {
    a[index] = 3;
  }
  for (size_t index = 0; index < INNER * COLUMNS; index++) {
    b[index] = 5 * sign;
  }
  for (size_t index = 0; index < ROWS * COLUMNS; index++) {
    exact[index] = 15 * (double)sign * INNER;
    tolerance[index] = 1e-3;
  }
  const packed_product p = {pack(c->kernels, CKERNELS_TILES_TO_LEFT, a, ROWS, INNER),
                            pack(c->kernels, CKERNELS_TILES_TO_RIGHT, b, INNER, COLUMNS), NULL, ROWS, INNER, COLUMNS,
                            1, false};
  float *found = multiply_to_matrix(c->name, c->kernels, &p, NULL);
  expect_near(found, exact, tolerance, ROWS * COLUMNS, "%s: largest sums", c->name);
  free(found);
  free(p.left.units);
  free(p.right.units);
}

static void test_attention(comparison *c, size_t keys, float limit, samples *random) {
  const size_t queries = sample_size(random, 1, 64), width = sample_size(random, 1, 130);
  float *query = sample_numbers(random, queries * width, -limit, limit);
  float *key = sample_numbers(random, keys * width, -limit, limit);
  float *value = sample_numbers(random, keys * width, -1, 1);
  const operand ours = attend(c->kernels, query, key, value, queries, keys, width, 0.125f);
  float *found = unpack(c->kernels, CKERNELS_TILES_TO_LEFT, ours, queries, width);
  for (size_t row = 0; row < queries; row += 7) {
    const reference r = attention_reference(query + row * width, key, value, keys, width, 0.125f, fixed_error, 0x1p-21);
    expect_near(found + row * width, r.exact, r.tolerance, width, "%s: attention to %zu keys, width %zu", c->name, keys,
                width);
    free_reference(r);
  }
  compare_operands(c, ours, attend(c->baseline, query, key, value, queries, keys, width, 0.125f), "attention");
  free(query);
  free(key);
  free(value);
  free(found);
}

uint64_t test_fixed(const char *name, const ckernels_tile_table *kernels) {
  comparison c = {name, kernels, ckernels_fixed(CKERNELS_FIXED_BASELINE), CHECKSUM_START};
  samples random = {4};
  const size_t sizes[] = {1, 2, 7, 8, 9, 15, 17, 31, 33, 63, 64, 65, 100, 129};
  for (size_t index = 0; index < sizeof(sizes) / sizeof(sizes[0]); index++) {
    const size_t size = sizes[index], other = sample_size(&random, 1, 130), inner = sample_size(&random, 1, 200);
    const number_kind kind = (number_kind)(index % KIND_COUNT);
    test_packing(&c, kind, &random);
    test_norm(&c, size, -1e15f, 1e15f, &random);
    // Nearly constant rows of large numbers, where one rounding more shows: neighbouring ones, whose mean is inexact.
    test_norm(&c, size, 16777000, 16777003, &random);
    test_product(&c, ORDINARY, size, inner, other, &random);
    test_product(&c, kind, other, size, inner, &random);
    test_product(&c, kind, other, inner, size, &random);
    test_attention(&c, size, 1, &random);
    test_attention(&c, 3 * size, index % 2 == 0 ? 3 : 200, &random);
  }
  test_product(&c, ORDINARY, 70, 768, 70, &random);
  test_largest_sums(&c, 1);
  test_largest_sums(&c, -1);
  return c.checksum;
}
