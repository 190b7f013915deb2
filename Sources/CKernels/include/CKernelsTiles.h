/// Products of matrices in bfloat16 by tiles of 16 x 16 sums, and attention by means of them.
///
/// A number is held in one part, its bfloat16 value, or in two: high = bf16(x) and low = bf16(x - high), 16 bits of
/// fraction. Products of two parts are low high + high high + high low; sums are single precision.
///
/// Operands lie in units of 32 x 32 numbers, zeros beyond the matrix:
/// - left, [rows, inner]: unit (row / 32, inner / 32); in a unit [row / 16][part][row % 16][inner % 32].
/// - right, [inner, columns]: unit (column / 32, inner / 32); in a unit [column / 16][part][inner / 2][column % 16]
///   [inner % 2].
///
/// Rows of a left operand are independent, bit for bit. A result does not depend on how the work is shared out.
/// Numbers that round to infinity, from 3.3962e38 on, are infinite; parts and sums below 2^-126 are 0.
///
/// There are several implementations, which give the same bits: the CPU's tiles (AMX), and the same instruction by
/// instruction with ordinary vectors, for tests on any machine.
#ifndef CKERNELS_TILES_H
#define CKERNELS_TILES_H

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/// The rows and the columns of a unit.
#define CKERNELS_TILE_UNIT 32

/// Bytes of a unit of numbers in one part.
#define CKERNELS_TILE_PART_BYTES 2048

/// The keys whose scores exist at a time.
#define CKERNELS_TILE_KEYS 128

/// Where a block of 32 x 32 results goes.
typedef enum __attribute__((enum_extensibility(closed))) {
  /// To a matrix of single precision.
  CKERNELS_TILES_TO_MATRIX __attribute__((swift_name("matrix"))) = 0,
  /// To a unit of a left operand [rows, columns].
  CKERNELS_TILES_TO_LEFT __attribute__((swift_name("left"))) = 1,
  /// To a unit of a right operand [rows, columns].
  CKERNELS_TILES_TO_RIGHT __attribute__((swift_name("right"))) = 2,
  /// To a unit of a right operand [columns, rows]: the transpose.
  CKERNELS_TILES_TO_TRANSPOSED_RIGHT __attribute__((swift_name("transposedRight"))) = 3,
} ckernels_tile_target;

/// What happens to the results of a product: x = factor (x + bias), then the exact GELU, then they are stored.
typedef struct {
  ckernels_tile_target target;
  /// [32 panels]; NULL: nothing is added.
  const float *_Nullable bias;
  float factor;
  bool gelu;

  /// To a matrix [rows, columns] whose rows are `stride` apart. accumulates: added to what it holds.
  float *_Nullable matrix;
  size_t stride, rows, columns;
  bool accumulates;

  /// To units: that of a group of rows g and a panel p is number
  /// (p / panels) * outer_stride + (p % panels) * panel_stride + g * group_stride.
  void *_Nullable units;
  size_t panels, outer_stride, panel_stride, group_stride;
} ckernels_tile_finish;

/// A product: `groups` of 32 rows by `panels` of 32 columns, over `steps` of 32 of the inner index.
typedef struct {
  /// [groups][steps] units.
  const void *left;
  /// [panels][steps] units, right_stride units from one panel to the next.
  const void *right;
  size_t right_stride;
  size_t groups, panels, steps;
} ckernels_tile_product;

/// Attention of 32 queries: softmax over the keys of query keyᵀ, times the values, which are below 2^100.
typedef struct {
  /// A left operand [32, width], times log2(e) and the scale already: [steps] units.
  const void *query;
  /// The keys, transposed: a right operand [width, keys]: [key groups][steps] units.
  const void *keys;
  /// A right operand [keys, width]: [steps][key groups] units.
  const void *values;
  /// Keys, at least 1; padding beyond them must be finite. Units of 32 that the width has.
  size_t key_count, steps;
  /// The result, a left operand [32, width]: [steps] units.
  void *output;
} ckernels_tile_attention;

/// One implementation's functions for numbers in one part or two.
typedef struct {
  /// The parts of a number: 1 or 2.
  size_t parts;

  /// Normalises rows as the loops' layer_norm does and makes a left operand of them: [ceil(rows / 32)]
  /// [ceil(columns / 32)] units. scratch: [columns].
  void (*normalize)(const float *input, size_t stride, size_t rows, size_t columns, const float *scale,
                    const float *bias, float epsilon, float *scratch, void *left);

  /// Makes one unit of up to 32 x 32 numbers.
  void (*pack)(ckernels_tile_target target, const float *values, size_t stride, size_t rows, size_t columns,
               void *unit);

  /// The numbers of a unit: [32, 32], high + low.
  void (*unpack)(ckernels_tile_target target, const void *unit, float *values);

  void (*multiply)(const ckernels_tile_product *product, const ckernels_tile_finish *finish);

  /// scratch: CKERNELS_TILE_SCRATCH_BYTES and CKERNELS_TILE_SCRATCH_BYTES_A_STEP for each step, at a multiple of 64.
  void (*attend)(const ckernels_tile_attention *attention, void *scratch);
} ckernels_tile_table;

/// Scratch memory of an attention, and what it takes more for each unit of 32 of the width.
#define CKERNELS_TILE_SCRATCH_BYTES 69760
#define CKERNELS_TILE_SCRATCH_BYTES_A_STEP 4096

/// Whether this CPU runs CKERNELS_AMX and the operating system lets the process use its tiles, which is asked for here,
/// once.
bool ckernels_request_tiles(void);

/// The functions for numbers in so many parts: on the CPU's tiles with CKERNELS_AMX, which must have been granted, else
/// with the vectors of an instruction set, which must be supported.
const ckernels_tile_table *ckernels_tiles(size_t parts, ckernels_instruction_set set);

#pragma clang assume_nonnull end

#endif
