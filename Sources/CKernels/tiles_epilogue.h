// Epilogues of products. Included after a layout, once for each implementation.

/// Stores row `row` of the target matrix, from `column` on.
INLINE void store_matrix_row(const ckernels_tile_epilogue *epilogue, size_t row, size_t column, const vector *x) {
  if (row >= epilogue->rows) {
    return;
  }
  float *c = epilogue->matrix + row * epilogue->stride;
  for (size_t part = 0; part < UNIT_VECTORS; part++) {
    const size_t first = column + part * WIDTH;
    const size_t count = first < epilogue->columns ? epilogue->columns - first : 0;
    if (count >= WIDTH) {
      store(c + first, epilogue->accumulates ? x[part] + load(c + first) : x[part]);
    } else if (count > 0) {
      store_part(c + first, count, epilogue->accumulates ? x[part] + load_part(c + first, count, 0.0f) : x[part]);
    }
  }
}

/// The bias of a panel.
INLINE void load_bias(const ckernels_tile_epilogue *epilogue, size_t panel, vector *bias) {
  for (size_t part = 0; part < UNIT_VECTORS; part++) {
    bias[part] = epilogue->bias != NULL ? load(epilogue->bias + panel * UNIT + part * WIDTH) : splat(0.0f);
  }
}

/// x = a row's results: the sums with bias, factor and GELU.
INLINE void finish_row(const ckernels_tile_epilogue *epilogue, const vector *bias, const float *sums, vector *x) {
  const vector factor = splat(epilogue->factor);
  for (size_t part = 0; part < UNIT_VECTORS; part++) {
    const vector value = (load(sums + part * WIDTH) + bias[part]) * factor;
    x[part] = epilogue->gelu ? gelu_of(value) : value;
  }
}

/// The target unit of a row group and a panel.
INLINE char *target_unit(const int parts, const ckernels_tile_epilogue *epilogue, size_t group, size_t panel) {
  const size_t index = panel / epilogue->panels * epilogue->outer_stride +
                       panel % epilogue->panels * epilogue->panel_stride + group * epilogue->group_stride;
  return (char *)epilogue->units + index * UNIT_BYTES(parts);
}
