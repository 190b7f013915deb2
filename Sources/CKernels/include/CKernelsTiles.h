/// bfloat16 GEMM with tiles of 16 x 16 sums, and attention built from it.
///
/// A number is represented by one part, its bfloat16 value, or by two: high = bf16(x) and low = bf16(x - high), 16 bits
/// of fraction. Products of two parts are low high + high high + high low; sums are single precision.
///
/// Operands are packed in units: blocks of 32 x 32 numbers, padded with zeros beyond the matrix. The inner index of a
/// product runs in steps of one unit (k-blocks).
/// - left, [rows, inner]: unit (row / 32, inner / 32); in a unit [row / 16][part][row % 16][inner % 32].
/// - right, [inner, columns]: unit (column / 32, inner / 32); in a unit [column / 16][part][inner / 2][column % 16]
///   [inner % 2].
///
/// Rows of a left operand are independent, bit for bit. Results do not depend on how the work is distributed.
/// Numbers that round to infinity, from 3.3962e38 on, are infinite; parts and sums below 2^-126 are 0.
///
/// There are several implementations, which give the same bits: one for the CPU's tile unit (AMX), and emulations of
/// its instructions with vectors, for tests on any machine.
#ifndef CKERNELS_TILES_H
#define CKERNELS_TILES_H

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/// The rows and the columns of a unit.
#define CKERNELS_TILE_UNIT 32

/// Bytes of a unit of numbers in one part.
#define CKERNELS_TILE_PART_BYTES 2048

/// The keys whose scores are in memory at a time.
#define CKERNELS_TILE_KEYS 128

/// The destination of a block of 32 x 32 results.
typedef enum __attribute__((enum_extensibility(closed))) {
  /// A single-precision matrix.
  CKERNELS_TILES_TO_MATRIX __attribute__((swift_name("matrix"))) = 0,
  /// A unit of a left operand [rows, columns].
  CKERNELS_TILES_TO_LEFT __attribute__((swift_name("left"))) = 1,
  /// A unit of a right operand [rows, columns].
  CKERNELS_TILES_TO_RIGHT __attribute__((swift_name("right"))) = 2,
  /// A unit of a right operand [columns, rows]: the transpose.
  CKERNELS_TILES_TO_TRANSPOSED_RIGHT __attribute__((swift_name("transposedRight"))) = 3,
} ckernels_tile_target;

/// The epilogue of a product: x = factor (x + bias), then the exact GELU, then x is stored.
typedef struct {
  ckernels_tile_target target;
  /// [32 panels]; NULL: no bias is added.
  const float *_Nullable bias;
  float factor;
  bool gelu;

  /// The target matrix [rows, columns], whose rows are `stride` apart. accumulates: x is added to it.
  float *_Nullable matrix;
  size_t stride, rows, columns;
  bool accumulates;

  /// The target units. The unit of a row group g and a panel p has the position
  /// (p / panels) * outer_stride + (p % panels) * panel_stride + g * group_stride.
  void *_Nullable units;
  size_t panels, outer_stride, panel_stride, group_stride;
} ckernels_tile_epilogue;

/// A product: `groups` of 32 rows by `panels` of 32 columns; the inner index runs over `steps` k-blocks of 32.
typedef struct {
  /// [groups][steps] units.
  const void *left;
  /// [panels][steps] units; panels are right_stride units apart.
  const void *right;
  size_t right_stride;
  size_t groups, panels, steps;
} ckernels_tile_product;

/// Attention of 32 queries: softmax over the keys of query · keyᵀ, times the values, which are below 2^100.
typedef struct {
  /// A left operand [32, width], already multiplied by the scale and log2(e): [steps] units.
  const void *query;
  /// The keys, transposed: a right operand [width, keys]: [key groups][steps] units.
  const void *keys;
  /// A right operand [keys, width]: [steps][key groups] units.
  const void *values;
  /// The keys, at least 1; padding beyond them must be finite. The units of 32 across the width.
  size_t key_count, steps;
  /// The result, a left operand [32, width]: [steps] units.
  void *output;
} ckernels_tile_attention;

/// The kernels of one implementation, for numbers in one part or two.
typedef struct {
  /// The parts of a number: 1 or 2.
  size_t parts;

  /// Normalises rows like layer_norm of ckernels_table and packs them as a left operand: [ceil(rows / 32)]
  /// [ceil(columns / 32)] units. scratch: [columns].
  void (*normalize)(const float *input, size_t stride, size_t rows, size_t columns, const float *scale,
                    const float *bias, float epsilon, float *scratch, void *left);

  /// Packs one unit of up to 32 x 32 numbers.
  void (*pack)(ckernels_tile_target target, const float *values, size_t stride, size_t rows, size_t columns,
               void *unit);

  /// Unpacks a unit: [32, 32], high + low.
  void (*unpack)(ckernels_tile_target target, const void *unit, float *values);

  void (*multiply)(const ckernels_tile_product *product, const ckernels_tile_epilogue *epilogue);

  /// scratch: CKERNELS_TILE_SCRATCH_BYTES and CKERNELS_TILE_SCRATCH_BYTES_A_STEP for each step, aligned to 64 bytes.
  void (*attend)(const ckernels_tile_attention *attention, void *scratch);
} ckernels_tile_table;

/// The scratch memory of an attention, and its increment for each unit of 32 of the width.
#define CKERNELS_TILE_SCRATCH_BYTES 69760
#define CKERNELS_TILE_SCRATCH_BYTES_A_STEP 4096

/// Whether the CPU supports CKERNELS_AMX and the operating system lets the process use tiles. The first call requests
/// them.
bool ckernels_request_tiles(void);

/// The kernels for numbers in one part or two: on the CPU's tile unit with CKERNELS_AMX, after ckernels_request_tiles
/// has returned true; else emulated with the vectors of an instruction set that is supported.
const ckernels_tile_table *ckernels_tiles(size_t parts, ckernels_instruction_set set);

#pragma clang assume_nonnull end

#endif
