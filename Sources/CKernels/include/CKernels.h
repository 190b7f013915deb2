/// Elementwise kernels and row reductions (normalisation, activations, softmax, sums), and GEMM micro-kernels.
///
/// Each kernel is written once for vectors of W floats and compiled for several instruction sets; the set is chosen at
/// run time. All values are IEEE single precision. A matrix is a pointer, a number of rows and columns, and a stride:
/// the elements from one row to the next, at least the columns. Rows are independent: a row's result depends neither on
/// its position in the matrix nor on the stride or the alignment. Input and output may be the same matrix, but must not
/// overlap otherwise.
///
/// A bound in ulp counts units in the last place of the exact result. Results below 2^-126 (and exp
/// below it inside a formula) count as 0.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/// The instruction sets that the kernels are compiled for, slowest first.
typedef enum __attribute__((enum_extensibility(closed))) {
  /// Vectors of 4, on every CPU of the architecture; plain loops that the others are compared with.
  CKERNELS_BASELINE __attribute__((swift_name("baseline"))) = 0,
  /// Vectors of 8: AVX2 and FMA.
  CKERNELS_AVX2 __attribute__((swift_name("avx2"))) = 1,
  /// Vectors of 16: AVX-512 F, BW, DQ, VL.
  CKERNELS_AVX512 __attribute__((swift_name("avx512"))) = 2,
  /// The same vectors; the CPU also has bfloat16 tiles (AMX-TILE, AMX-BF16) and AVX512-BF16.
  CKERNELS_AMX __attribute__((swift_name("amx"))) = 3,
  /// Vectors of 4 and multiplication by a lane, on every ARM64 CPU.
  CKERNELS_NEON __attribute__((swift_name("neon"))) = 4,
} ckernels_instruction_set;

/// The epilogue of a product: applied to the elements before they are stored, in this order. NULL: none.
typedef struct {
  /// [columns], added to every row; NULL: nothing is added.
  const float *_Nullable bias;
  /// Whether the exact GELU is applied.
  bool gelu;
  /// Whether the result is added to c.
  bool accumulates;
} ckernels_epilogue;

/// The kernels of one instruction set.
typedef struct {
  /// The floats in a vector.
  size_t width;

  /// output[r, :] = (x - mean) / sqrt(variance + epsilon) * scale + bias, over each row x.
  ///
  /// Biased variance, with a corrected mean: a constant row gives exactly `bias`, whatever its value.
  /// scale, bias: [columns]. Sums of squares must stay below 3e38.
  void (*layer_norm)(const float *input, size_t input_stride, size_t rows, size_t columns,
                     const float *scale, const float *bias, float epsilon, float *output,
                     size_t output_stride);

  /// x = x / 2 * (1 + erf(x / sqrt(2))), the exact GELU.
  ///
  /// The error is at most 1.3 * 2^-23 |x| and at most 8 ulp of the result (1 on average), in the lower tail too:
  /// measured on 64 million values over the whole range.
  /// -0 stays -0, -inf becomes -0, inf stays inf, NaN stays NaN.
  void (*gelu)(float *values, size_t stride, size_t rows, size_t columns);

  /// x = 1 / (1 + exp(-x)), within 2.5 ulp in both tails; 0 below -87.3.
  void (*sigmoid)(float *values, size_t stride, size_t rows, size_t columns);

  /// x = exp(scale * (x - m)) with m the row's largest element, and sums[r] = the row's sum.
  ///
  /// exp is within 1 ulp, without FMA within 1.3: measured on 42 million arguments. Its argument is rounded before: the
  /// difference, the factor scale * log2(e), and without FMA the product of both. scale is above 1e-30. A score of -inf
  /// gives 0; a row of only -inf, or without columns, gives a sum of 0. sums: [rows].
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

  /// The rows of a micro-kernel tile: multiply_panel keeps [tile_rows, panel_columns] sums in registers.
  size_t tile_rows;

  /// The columns of a packed panel, two vectors. A panel is [inner, panel_columns] without gaps, best aligned to 64
  /// bytes.
  size_t panel_columns;

  /// panel[k, j] = b[k, j] for j below columns, and 0 beyond. columns: from 1 to panel_columns.
  void (*pack_panel)(const float *b, size_t b_stride, size_t inner, size_t columns, float *panel);

  /// panel[k, j] = b[j, k] for j below columns, and 0 beyond. b: [columns, inner].
  void (*pack_panel_transposed)(const float *b, size_t b_stride, size_t inner, size_t columns, float *panel);

  /// c = epilogue(a times the panel's first columns). a: [rows, inner]; c: [rows, columns], without overlap with
  /// either.
  ///
  /// panel_stride: the elements from one row of the panel to the next: panel_columns for a packed panel. Any matrix
  /// with at least panel_columns readable elements in every row can be used as a panel, which is faster for a few rows
  /// of a.
  /// next: a packed panel of the same size that will be multiplied next, to be prefetched; NULL: none.
  ///
  /// An element is the sum over the inner index from the first to the last, with one rounding per term with FMA and two
  /// without: it depends only on its row of a and its column of the panel, not on the other rows and columns.
  void (*multiply_panel)(const float *a, size_t a_stride, size_t rows, size_t inner, const float *panel,
                         size_t panel_stride, size_t columns, const ckernels_epilogue *_Nullable epilogue,
                         const float *_Nullable next, float *c, size_t c_stride);
} ckernels_table;

/// Whether this build includes the instruction set, and the CPU and the operating system support it.
bool ckernels_supports(ckernels_instruction_set set);

/// The kernels of an instruction set; those of the baseline if the build does not include the set.
const ckernels_table *ckernels_loops(ckernels_instruction_set set);

/// The fastest instruction set that is supported.
ckernels_instruction_set ckernels_best_instruction_set(void);

/// The CPU's features that the kernels use, as text: "AVX-512 F BW DQ VL, AVX2, FMA". Valid for the life of
/// the process.
const char *ckernels_cpu_features(void);

/// The CPUs that the scheduler may place this process on, at least 1.
int ckernels_scheduled_cpu_count(void);

#if defined(__APPLE__)
/// The machine's physical cores; 0 if the system does not tell.
int ckernels_physical_core_count(void);

/// c = a · op(b), added to c if it accumulates, all row-major, by Apple's Accelerate.
///
/// a: [rows, inner], op(b): [inner, columns], c: [rows, columns]. A transposed b is stored as [columns, inner]. Strides
/// count the elements from one stored row to the next, and are at least 1. Unless it accumulates, c need not be
/// initialised.
void ckernels_accelerate_sgemm(bool transpose_b, size_t rows, size_t columns, size_t inner, const float *a,
                               size_t a_stride, const float *b, size_t b_stride, bool accumulates, float *c,
                               size_t c_stride);
#endif

#pragma clang assume_nonnull end

#include "CKernelsTiles.h"

#endif
