#include "checks.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t next_bits(samples *random) {
  random->state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t bits = random->state;
  bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
  return bits ^ bits >> 31;
}

float sample(samples *random, float low, float high) {
  const float part = (float)(next_bits(random) >> 40) * 0x1p-24f;
  return low + (high - low) * part;
}

size_t sample_size(samples *random, size_t low, size_t high) {
  return low + (size_t)(next_bits(random) % (high - low + 1));
}

float *sample_numbers(samples *random, size_t count, float low, float high) {
  float *numbers = zeros(count * sizeof(float));
  for (size_t index = 0; index < count; index++) {
    numbers[index] = sample(random, low, high);
  }
  return numbers;
}

void *zeros(size_t bytes) {
  const size_t whole = (bytes + 64) / 64 * 64;
  void *memory = aligned_alloc(64, whole);
  if (memory == NULL) {
    fprintf(stderr, "no memory for %zu bytes\n", bytes);
    exit(2);
  }
  return memset(memory, 0, whole);
}

enum { MARGIN = 3, GAP = 8 };

matrix make_matrix(const float *numbers, size_t rows, size_t columns) {
  const size_t stride = columns + GAP, count = (rows + 2) * stride;
  matrix m = {zeros(count * sizeof(float)), NULL, rows, columns, stride};
  m.at = m.memory + stride + MARGIN;
  for (size_t index = 0; index < count; index++) {
    m.memory[index] = NAN;
  }
  for (size_t row = 0; numbers != NULL && row < rows; row++) {
    memcpy(m.at + row * stride, numbers + row * columns, columns * sizeof(float));
  }
  return m;
}

static bool is_untouched_around(const matrix *m) {
  for (size_t index = 0; index < (m->rows + 2) * m->stride; index++) {
    const size_t row = index / m->stride, column = index % m->stride;
    const bool is_inside = row >= 1 && row <= m->rows && column >= MARGIN && column < MARGIN + m->columns;
    if (!is_inside && !isnan(m->memory[index])) {
      return false;
    }
  }
  return true;
}

float *take_numbers(matrix m, const char *name) {
  expect(is_untouched_around(&m), "%s: memory around [%zu, %zu] was overwritten", name, m.rows, m.columns);
  float *numbers = zeros(m.rows * m.columns * sizeof(float));
  for (size_t row = 0; row < m.rows; row++) {
    memcpy(numbers + row * m.columns, m.at + row * m.stride, m.columns * sizeof(float));
  }
  free_matrix(m);
  return numbers;
}

void free_matrix(matrix m) { free(m.memory); }

static size_t failures, comparisons;

/// Counts a comparison. Prints the case and what differs, unless it holds; only the first failures are printed.
static void record(bool holds, const char *difference, const char *format, va_list arguments) {
  comparisons++;
  if (holds) {
    return;
  }
  failures++;
  if (failures <= 40) {
    fprintf(stderr, "FAILED: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "%s%s\n", difference[0] == 0 ? "" : ": ", difference);
  }
}

void expect(bool holds, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  record(holds, "", format, arguments);
  va_end(arguments);
}

void expect_near(const float *found, const double *exact, const double *tolerance, size_t count,
                 const char *format, ...) {
  size_t different = 0, worst = 0;
  double worst_ratio = 0;
  for (size_t index = 0; index < count; index++) {
    const double error = fabs(found[index] - exact[index]);
    const bool is_special = found[index] == exact[index] || (isnan(found[index]) && isnan(exact[index]));
    if (error <= tolerance[index] || is_special) {
      continue;
    }
    const double ratio = isnan(error) ? INFINITY : error / tolerance[index];
    if (different == 0 || ratio > worst_ratio) {
      worst = index;
      worst_ratio = ratio;
    }
    different++;
  }
  char difference[160] = "";
  if (different > 0) {
    snprintf(difference, sizeof(difference),
             "%zu of %zu; the worst is [%zu]: %.9g instead of %.9g, %.3g tolerances off", different, count, worst,
             (double)found[worst], exact[worst], worst_ratio);
  }
  va_list arguments;
  va_start(arguments, format);
  record(different == 0, difference, format, arguments);
  va_end(arguments);
}

void expect_same(const float *found, const float *expected, size_t count, const char *format, ...) {
  size_t different = 0, first = 0;
  for (size_t index = 0; index < count; index++) {
    const bool is_same = memcmp(&found[index], &expected[index], sizeof(float)) == 0;
    if (!is_same && !(isnan(found[index]) && isnan(expected[index]))) {
      first = different == 0 ? index : first;
      different++;
    }
  }
  char difference[120] = "";
  if (different > 0) {
    snprintf(difference, sizeof(difference), "%zu of %zu; the first is [%zu]: %.9g instead of %.9g", different, count,
             first, (double)found[first], (double)expected[first]);
  }
  va_list arguments;
  va_start(arguments, format);
  record(different == 0, difference, format, arguments);
  va_end(arguments);
}

size_t failure_count(void) { return failures; }

size_t check_count(void) { return comparisons; }

uint64_t add_to_checksum(uint64_t checksum, const void *bytes, size_t count) {
  const unsigned char *byte = bytes;
  for (size_t index = 0; index < count; index++) {
    checksum = (checksum ^ byte[index]) * UINT64_C(0x100000001b3);
  }
  return checksum;
}
