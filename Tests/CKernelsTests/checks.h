/// Random numbers, matrices with guarded memory, and comparisons for the tests of the C kernels.
#ifndef CHECKS_H
#define CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Half a unit in the last place of 1: the relative error of one rounding.
#define ROUNDING 0x1p-24
/// The least normal number: smaller results count as 0.
#define LEAST_NORMAL 0x1p-126

/// A sequence of random numbers (SplitMix64), the same in every run and on every architecture.
typedef struct {
  uint64_t state;
} samples;

/// A number of a range.
float sample(samples *random, float low, float high);

/// A size of a range that includes both ends.
size_t sample_size(samples *random, size_t low, size_t high);

/// `count` numbers of a range, in new memory.
float *sample_numbers(samples *random, size_t count, float low, float high);

/// New memory of zeros, aligned to 64 bytes.
void *zeros(size_t bytes);

/// A matrix in a larger one: with gaps between the rows, and NaN all around.
typedef struct {
  float *memory, *at;
  size_t rows, columns, stride;
} matrix;

/// A matrix of numbers that are without gaps; NULL: of NaN.
matrix make_matrix(const float *numbers, size_t rows, size_t columns);

/// The numbers of a matrix without gaps, in new memory. Frees the matrix, and records a failure if any number around it
/// was overwritten.
float *take_numbers(matrix m, const char *name);

void free_matrix(matrix m);

/// Records a failure unless `holds`. The text names the case.
void expect(bool holds, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// Records a failure unless every number found is exact[i] within tolerance[i], or both are NaN.
void expect_near(const float *found, const double *exact, const double *tolerance, size_t count,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

/// Records a failure unless all numbers have the same bits, where every NaN counts as the same.
void expect_same(const float *found, const float *expected, size_t count, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/// The failures, and the comparisons, that were recorded so far.
size_t failure_count(void);
size_t check_count(void);

/// Adds bytes to a checksum (FNV-1a), which begins with CHECKSUM_START.
uint64_t add_to_checksum(uint64_t checksum, const void *bytes, size_t count);
#define CHECKSUM_START UINT64_C(0xcbf29ce484222325)

#endif
