/// The loops over single elements (normalisation, activations, softmax, sums) and products of matrices.
///
/// Each loop is written once over vectors of W floats and compiled for several instruction sets; which
/// of them a CPU can run is asked at run time. All values are IEEE single precision. A matrix is a
/// pointer, a number of rows and columns, and a stride: the elements from one row to the next, at least
/// the columns. Rows are independent: a row's result depends neither on its place in the matrix, nor on
/// the stride or the alignment. Input and output may be the same matrix, but not overlap otherwise.
///
/// A bound in ulp counts units in the last place of the exact result. Results below 2^-126 (and exp
/// below it inside a formula) count as 0.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/// The instruction sets that the loops are compiled for, worst first.
typedef enum __attribute__((enum_extensibility(closed))) {
  /// Vectors of 4: what every CPU of the architecture has (SSE2, NEON).
  CKERNELS_BASELINE __attribute__((swift_name("baseline"))) = 0,
  /// Vectors of 8: AVX2 and FMA.
  CKERNELS_AVX2 __attribute__((swift_name("avx2"))) = 1,
  /// Vectors of 16: AVX-512 F, BW, DQ, VL.
  CKERNELS_AVX512 __attribute__((swift_name("avx512"))) = 2,
  /// As above for these loops; the CPU also has tiles of bfloat16 (AMX-TILE, AMX-BF16) and AVX512-BF16.
  CKERNELS_AMX __attribute__((swift_name("amx"))) = 3,
} ckernels_instruction_set;

/// What happens to a product's elements before they are stored, in this order. NULL: nothing.
typedef struct {
  /// [columns], added to every row; NULL: nothing is added.
  const float *_Nullable bias;
  /// Whether the exact GELU is applied.
  bool gelu;
  /// Whether the result is added to what c holds.
  bool accumulates;
} ckernels_finish;

/// One instruction set's loops.
typedef struct {
  /// The floats in a vector.
  size_t width;

  /// output[r, :] = (x - mean) / sqrt(variance + epsilon) * scale + bias, over each row x.
  ///
  /// Biased variance, about a corrected mean: a constant row gives exactly `bias`, whatever its value.
  /// scale, bias: [columns]. Sums of squares must stay below 3e38.
  void (*layer_norm)(const float *input, size_t input_stride, size_t rows, size_t columns,
                     const float *scale, const float *bias, float epsilon, float *output,
                     size_t output_stride);

  /// x = x / 2 * (1 + erf(x / sqrt(2))), the exact GELU.
  ///
  /// Off by at most 1.3 * 2^-23 |x|, and, in the lower tail too, by at most 8 ulp of the result (1 on
  /// average): measured on 64 million values, the whole range among them.
  /// -0 stays -0, -inf becomes -0, inf stays inf, NaN stays NaN.
  void (*gelu)(float *values, size_t stride, size_t rows, size_t columns);

  /// x = 1 / (1 + exp(-x)), to 2.5 ulp in both tails; below -87.3 it is 0.
  void (*sigmoid)(float *values, size_t stride, size_t rows, size_t columns);

  /// x = exp(scale * (x - m)) with m the row's largest element, and sums[r] = the row's sum.
  ///
  /// exp itself to 1 ulp, without FMA to 1.3: measured on 42 million arguments. Its argument is rounded
  /// first: the difference, the factor scale * log2(e), without FMA the product of both. scale is above
  /// 1e-30. A score of -inf gives 0; a row of nothing else gives a sum of 0. A row of no columns gives a
  /// sum of 0. sums: [rows].
  void (*softmax_numerators)(float *values, size_t stride, size_t rows, size_t columns, float scale,
                             float *sums);

  /// x[r, :] = x[r, :] * factors[r]. factors: [rows].
  void (*scale_rows)(float *values, size_t stride, size_t rows, size_t columns, const float *factors);

  /// x[r, :] = x[r, :] + vector. vector: [columns].
  void (*add_to_rows)(float *values, size_t stride, size_t rows, size_t columns, const float *vector);

  /// x[r, :] = vector. vector: [columns].
  void (*fill_rows)(float *values, size_t stride, size_t rows, size_t columns, const float *vector);

  /// x = x + addend. addend: [rows, columns].
  void (*add)(float *values, size_t stride, size_t rows, size_t columns, const float *addend,
              size_t addend_stride);

  /// The rows of a tile: the sums that multiply_panel holds in registers are [tile_rows, panel_columns].
  size_t tile_rows;

  /// The columns of a panel, two vectors. A panel is [inner, panel_columns] without gaps, best at a
  /// multiple of 64 bytes.
  size_t panel_columns;

  /// panel[k, j] = b[k, j] for j below columns, and 0 beyond. columns: from 1 to panel_columns.
  void (*pack_panel)(const float *b, size_t b_stride, size_t inner, size_t columns, float *panel);

  /// panel[k, j] = b[j, k] for j below columns, and 0 beyond. b: [columns, inner].
  void (*pack_panel_transposed)(const float *b, size_t b_stride, size_t inner, size_t columns, float *panel);

  /// c = finish(a times the panel's first columns). a: [rows, inner]; c: [rows, columns], apart from both.
  ///
  /// panel_stride: the elements from one row of the panel to the next: panel_columns for a packed one. Any
  /// matrix with panel_columns to read in every row can be a panel, which pays for a few rows of a.
  /// next: a packed panel of the same size that will be multiplied next, to be fetched meanwhile.
  ///
  /// An element is the sum over the inner index from the first to the last, one rounding a term with FMA and
  /// two without: it depends on its row of a and its column of the panel alone, not on their company.
  void (*multiply_panel)(const float *a, size_t a_stride, size_t rows, size_t inner, const float *panel,
                         size_t panel_stride, size_t columns, const ckernels_finish *_Nullable finish,
                         const float *_Nullable next, float *c, size_t c_stride);
} ckernels_table;

/// Whether this build has the instruction set and this CPU and operating system run it.
bool ckernels_supports(ckernels_instruction_set set);

/// The loops of an instruction set; those of the baseline where the set is not compiled in.
const ckernels_table *ckernels_loops(ckernels_instruction_set set);

/// The best instruction set that is supported.
ckernels_instruction_set ckernels_best_instruction_set(void);

/// The CPU's features that matter here, in words: "AVX-512 F BW DQ VL, AVX2, FMA". Valid for the life of
/// the process.
const char *ckernels_cpu_features(void);

/// The CPUs that the scheduler may place this process on, at least 1.
int ckernels_scheduled_cpu_count(void);

#pragma clang assume_nonnull end

#include "CKernelsTiles.h"

#endif
