// Packing and unpacking of units, and norms that are packed. Included after a layout, once for each implementation.

static void pack_unit(const int parts, ckernels_tile_target target, const float *values, size_t stride, size_t rows,
                      size_t columns, void *unit) {
  float padded[UNIT * UNIT] __attribute__((aligned(64)));
  for (size_t row = 0; row < UNIT; row++) {
    vector x[UNIT_VECTORS];
    load_row(values + (row < rows ? row : 0) * stride, row < rows ? columns : 0, x);
    store_row(padded + row * UNIT, x);
  }
  store_unit(parts, target, unit, padded);
}

static void unpack_unit(const int parts, ckernels_tile_target target, const void *unit, float *values) {
  for (size_t row = 0; row < UNIT; row++) {
    for (size_t column = 0; column < UNIT; column++) {
      values[row * UNIT + column] = unit_value(parts, target, unit, row, column);
    }
  }
}

static void normalize_rows(const int parts, const float *input, size_t stride, size_t rows, size_t columns,
                           const float *scale, const float *bias, float epsilon, float *scratch, void *left) {
  const size_t steps = (columns + UNIT - 1) / UNIT;
  for (size_t row = 0; row < (rows + UNIT - 1) / UNIT * UNIT; row++) {
    if (row < rows) {
      layer_norm(input + row * stride, stride, 1, columns, scale, bias, epsilon, scratch, columns);
    }
    char *group = (char *)left + row / UNIT * steps * UNIT_BYTES(parts);
    for (size_t step = 0; step < steps; step++) {
      vector x[UNIT_VECTORS];
      load_row(scratch + step * UNIT, row < rows ? columns - step * UNIT : 0, x);
      store_left(parts, group + step * UNIT_BYTES(parts), row % UNIT, x);
    }
  }
}
