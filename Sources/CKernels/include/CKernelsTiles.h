/// GEMM and attention on packed operands: bfloat16 in tiles of 16 x 16 sums, or 16-bit fixed point.
///
/// In bfloat16, a number is represented by one part, its bfloat16 value, or by two: high = bf16(x) and low =
/// bf16(x - high), 16 bits of fraction. Products of two parts are low high + high high + high low.
///
/// In fixed point, a number is an integer times a scale that 64 numbers share: 14 bits with the sign in left operands,
/// 13 in right ones. Sums of 64 products are exact integers; they are added up in single precision.
///
/// Operands are packed in units: blocks of U x U numbers, padded with zeros beyond the matrix. U is 32 in bfloat16 and
/// 64 in fixed point. The inner index of a product runs in steps of one unit (k-blocks).
/// - left, [rows, inner]: unit (row / U, inner / U); in a bfloat16 unit [row / 16][part][row % 16][inner % 32], in a
///   fixed-point unit [row][inner % 64] and then the scales [row].
/// - right, [inner, columns]: unit (column / U, inner / U); in a bfloat16 unit [column / 16][part][inner / 2]
///   [column % 16][inner % 2], in a fixed-point unit [inner / 2][column][inner % 2] and then the scales [column].
///
/// Rows of a left operand are independent, bit for bit. Results do not depend on how the work is distributed.
/// bfloat16: numbers that round to infinity, from 3.3962e38 on, are infinite; parts and sums below 2^-126 are 0.
/// Fixed point: where the largest of the 64 numbers of a scale is below 2^-100, all are 0; where one is infinite or not
/// a number, all are NaN. Right operands must be below 1e33.
///
/// There are several implementations, which give the same bits: for bfloat16 one for the CPU's tile unit (AMX), and
/// emulations of its instructions with vectors, for tests on any machine; for fixed point one for each kind of
/// instruction that multiplies 16-bit integers.
#ifndef CKERNELS_TILES_H
#define CKERNELS_TILES_H

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/// The destination of a block of results, as large as a unit.
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
  /// [U panels]; NULL: no bias is added.
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

/// A product: `rows` rows by `panels` of U columns; the inner index runs over `steps` k-blocks of U.
typedef struct {
  /// [rows / U][steps] units.
  const void *left;
  /// [panels][steps] units; panels are right_stride units apart.
  const void *right;
  size_t right_stride;
  size_t rows, panels, steps;
} ckernels_tile_product;

/// Attention of up to U queries: softmax over the keys of query · keyᵀ, times the values, which are below 2^100.
typedef struct {
  /// A left operand [queries, width], already multiplied by the scale and log2(e): [steps] units.
  const void *query;
  size_t query_count;
  /// The keys, transposed: a right operand [width, keys]: [key groups][steps] units.
  const void *keys;
  /// A right operand [keys, width]: [steps][key groups] units.
  const void *values;
  /// The keys, at least 1; padding beyond them must be finite. The units across the width.
  size_t key_count, steps;
  /// The result, a left operand [queries, width]: [steps] units.
  void *output;
} ckernels_tile_attention;

/// The kernels of one implementation, for one format of numbers.
typedef struct {
  /// The parts of a number: 1 or 2.
  size_t parts;

  /// The rows and the columns of a unit, U, and its bytes.
  size_t unit, unit_bytes;

  /// The scratch memory of an attention, and its increment for each unit of the width.
  size_t scratch_bytes, scratch_bytes_a_step;

  /// Normalises rows like layer_norm of ckernels_table and packs them as a left operand: [ceil(rows / U)]
  /// [ceil(columns / U)] units. scratch: [columns].
  void (*normalize)(const float *input, size_t stride, size_t rows, size_t columns, const float *scale,
                    const float *bias, float epsilon, float *scratch, void *left);

  /// Packs one unit of up to U x U numbers.
  void (*pack)(ckernels_tile_target target, const float *values, size_t stride, size_t rows, size_t columns,
               void *unit);

  /// Unpacks a unit: [U, U].
  void (*unpack)(ckernels_tile_target target, const void *unit, float *values);

  void (*multiply)(const ckernels_tile_product *product, const ckernels_tile_epilogue *epilogue);

  /// scratch: scratch_bytes and scratch_bytes_a_step for each step, aligned to 64 bytes.
  void (*attend)(const ckernels_tile_attention *attention, void *scratch);
} ckernels_tile_table;

/// Whether the CPU supports CKERNELS_AMX and the operating system lets the process use tiles. The first call requests
/// them.
bool ckernels_request_tiles(void);

/// The bfloat16 kernels for numbers in one part or two: on the CPU's tile unit with CKERNELS_AMX, after
/// ckernels_request_tiles has returned true; else emulated with the vectors of an instruction set that is supported.
const ckernels_tile_table *ckernels_tiles(size_t parts, ckernels_instruction_set set);

/// The instructions that multiply 16-bit integers, slowest first.
typedef enum __attribute__((enum_extensibility(closed))) {
  /// Any CPU.
  CKERNELS_FIXED_BASELINE __attribute__((swift_name("baseline"))) = 0,
  /// VPMADDWD of 256 bits.
  CKERNELS_FIXED_AVX2 __attribute__((swift_name("avx2"))) = 1,
  /// VPDPWSSD of 256 bits.
  CKERNELS_FIXED_AVX_VNNI __attribute__((swift_name("avxVNNI"))) = 2,
  /// VPMADDWD of 512 bits.
  CKERNELS_FIXED_AVX512 __attribute__((swift_name("avx512"))) = 3,
  /// VPDPWSSD of 512 bits.
  CKERNELS_FIXED_AVX512_VNNI __attribute__((swift_name("avx512VNNI"))) = 4,
  /// SMLAL, on every ARM64 CPU.
  CKERNELS_FIXED_NEON __attribute__((swift_name("neon"))) = 5,
} ckernels_fixed_instructions;

/// Whether this build includes the instructions, and the CPU and the operating system support them.
bool ckernels_supports_fixed(ckernels_fixed_instructions instructions);

/// The fixed-point kernels for instructions that are supported.
const ckernels_tile_table *ckernels_fixed(ckernels_fixed_instructions instructions);

#pragma clang assume_nonnull end

#endif
