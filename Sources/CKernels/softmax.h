// The softmax's numerators. Included after functions.h, once for each instruction set.

INLINE float largest_in_row(const float *x, size_t columns) {
  const vector lowest = splat(-__builtin_inff());
  vector m0 = lowest, m1 = lowest, m2 = lowest, m3 = lowest;
  size_t column = 0;
  for (; column + 4 * WIDTH <= columns; column += 4 * WIDTH) {
    m0 = larger(load(x + column), m0);
    m1 = larger(load(x + column + WIDTH), m1);
    m2 = larger(load(x + column + 2 * WIDTH), m2);
    m3 = larger(load(x + column + 3 * WIDTH), m3);
  }
  for (; column + WIDTH <= columns; column += WIDTH) {
    m0 = larger(load(x + column), m0);
  }
  if (column < columns) {
    m1 = larger(load_part(x + column, columns - column, -__builtin_inff()), m1);
  }
  return largest_of_lanes(larger(larger(m0, m1), larger(m2, m3)));
}

static void softmax_numerators(float *values, size_t stride, size_t rows, size_t columns, float scale,
                               float *sums) {
  for (size_t row = 0; row < rows; row++) {
    float *x = values + row * stride;
    const float largest = largest_in_row(x, columns);
    // In a row of -inf alone the difference to the largest would be NaN.
    const vector origin = splat(largest == -__builtin_inff() ? 0.0f : largest);
    const vector correction = splat(0.0f);
    vector sum = splat(0.0f);
    size_t column = 0;
    for (; column + WIDTH <= columns; column += WIDTH) {
      const vector e = exp_not_positive((load(x + column) - origin) * scale, correction);
      store(x + column, e);
      sum += e;
    }
    if (column < columns) {
      const size_t rest = columns - column;
      const vector scores = load_part(x + column, rest, -__builtin_inff());
      const vector e = exp_not_positive((scores - origin) * scale, correction);
      store_part(x + column, rest, e);
      sum += e;
    }
    sums[row] = sum_of_lanes(sum);
  }
}
