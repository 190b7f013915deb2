#include "packed.h"

#include "checks.h"

#include <stdlib.h>
#include <string.h>

size_t unit_count(const ckernels_tile_table *kernels, size_t count) {
  return (count + kernels->unit - 1) / kernels->unit;
}

operand new_operand(const ckernels_tile_table *kernels, size_t rows, size_t columns) {
  const size_t count = unit_count(kernels, rows) * unit_count(kernels, columns);
  return (operand){zeros(count * kernels->unit_bytes), count};
}

/// The position of the unit of a row group and a panel.
static size_t position(ckernels_tile_target target, size_t group, size_t panel, size_t groups, size_t panels) {
  return target == CKERNELS_TILES_TO_RIGHT ? panel * groups + group : group * panels + panel;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

operand pack(const ckernels_tile_table *kernels, ckernels_tile_target target, const float *values, size_t rows,
             size_t columns) {
  const size_t unit = kernels->unit, groups = unit_count(kernels, rows), panels = unit_count(kernels, columns);
  const operand o = new_operand(kernels, rows, columns);
  for (size_t group = 0; group < groups; group++) {
    for (size_t panel = 0; panel < panels; panel++) {
      const size_t row = group * unit, column = panel * unit;
      kernels->pack(target, values + row * columns + column, columns, smaller(unit, rows - row),
                    smaller(unit, columns - column),
                    o.units + position(target, group, panel, groups, panels) * kernels->unit_bytes);
    }
  }
  return o;
}

float *unpack(const ckernels_tile_table *kernels, ckernels_tile_target target, operand o, size_t rows, size_t columns) {
  const size_t unit = kernels->unit, groups = unit_count(kernels, rows), panels = unit_count(kernels, columns);
  float *values = zeros(rows * columns * sizeof(float)), *numbers = zeros(unit * unit * sizeof(float));
  for (size_t group = 0; group < groups; group++) {
    for (size_t panel = 0; panel < panels; panel++) {
      kernels->unpack(target, o.units + position(target, group, panel, groups, panels) * kernels->unit_bytes, numbers);
      for (size_t row = 0; row < smaller(unit, rows - group * unit); row++) {
        memcpy(values + (group * unit + row) * columns + panel * unit, numbers + row * unit,
               smaller(unit, columns - panel * unit) * sizeof(float));
      }
    }
  }
  free(numbers);
  return values;
}

/// The operands, and an epilogue with bias, factor and GELU alone. bias: padded to whole units, in new memory.
static ckernels_tile_product begin(const ckernels_tile_table *kernels, const packed_product *p, float **bias,
                                   ckernels_tile_epilogue *epilogue) {
  const size_t steps = unit_count(kernels, p->inner), panels = unit_count(kernels, p->columns);
  *bias = zeros(panels * kernels->unit * sizeof(float));
  if (p->bias != NULL) {
    memcpy(*bias, p->bias, p->columns * sizeof(float));
  }
  *epilogue = (ckernels_tile_epilogue){.bias = p->bias != NULL ? *bias : NULL, .factor = p->factor, .gelu = p->gelu};
  return (ckernels_tile_product){p->left.units, p->right.units, steps, p->rows, panels, steps};
}

float *multiply_to_matrix(const char *name, const ckernels_tile_table *kernels, const packed_product *p,
                          const float *old) {
  float *bias;
  ckernels_tile_epilogue epilogue;
  const ckernels_tile_product product = begin(kernels, p, &bias, &epilogue);
  const matrix result = make_matrix(old, p->rows, p->columns);
  epilogue.target = CKERNELS_TILES_TO_MATRIX;
  epilogue.matrix = result.at;
  epilogue.stride = result.stride;
  epilogue.rows = p->rows;
  epilogue.columns = p->columns;
  epilogue.accumulates = old != NULL;
  kernels->multiply(&product, &epilogue);
  free(bias);
  return take_numbers(result, name);
}

operand multiply_to_operand(const ckernels_tile_table *kernels, const packed_product *p, ckernels_tile_target target) {
  float *bias;
  ckernels_tile_epilogue epilogue;
  const ckernels_tile_product product = begin(kernels, p, &bias, &epilogue);
  const operand result = new_operand(kernels, p->rows, p->columns);
  const size_t groups = unit_count(kernels, p->rows);
  epilogue.target = target;
  epilogue.units = result.units;
  epilogue.panels = product.panels;
  epilogue.panel_stride = target == CKERNELS_TILES_TO_RIGHT ? groups : 1;
  epilogue.group_stride = target == CKERNELS_TILES_TO_RIGHT ? 1 : product.panels;
  kernels->multiply(&product, &epilogue);
  free(bias);
  return result;
}

operand attend(const ckernels_tile_table *kernels, const float *query, const float *key, const float *value,
               size_t queries, size_t keys, size_t width, float scale) {
  float *scaled = zeros(queries * width * sizeof(float));
  for (size_t index = 0; index < queries * width; index++) {
    scaled[index] = query[index] * (scale * 1.44269504f);
  }
  const operand left = pack(kernels, CKERNELS_TILES_TO_LEFT, scaled, queries, width);
  const operand right = pack(kernels, CKERNELS_TILES_TO_TRANSPOSED_RIGHT, key, keys, width);
  const operand values = pack(kernels, CKERNELS_TILES_TO_RIGHT, value, keys, width);
  const operand output = new_operand(kernels, queries, width);
  const size_t steps = unit_count(kernels, width);
  void *scratch = zeros(kernels->scratch_bytes + steps * kernels->scratch_bytes_a_step);
  const ckernels_tile_attention attention = {left.units, queries, right.units, values.units, keys, steps, output.units};
  kernels->attend(&attention, scratch);
  free(scaled);
  free(left.units);
  free(right.units);
  free(values.units);
  free(scratch);
  return output;
}
