// The numerators of the softmax. Included after functions.h, once for each instruction set.

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
  const vector factor = splat(scale * 1.44269504f);
  const vector lowest = splat(-127.0f / (scale * 1.44269504f));
  for (size_t row = 0; row < rows; row++) {
    float *x = values + row * stride;
    const float largest = largest_in_row(x, columns);
    // In a row of only -inf, the difference from the largest would be NaN.
    const vector origin = splat(largest == -__builtin_inff() ? 0.0f : largest);
    vector s0 = splat(0.0f), s1 = s0;
    size_t column = 0;
    for (; column + 2 * WIDTH <= columns; column += 2 * WIDTH) {
      const vector e0 = power_of_two(load(x + column) - origin, factor, lowest);
      const vector e1 = power_of_two(load(x + column + WIDTH) - origin, factor, lowest);
      store(x + column, e0);
      store(x + column + WIDTH, e1);
      s0 += e0;
      s1 += e1;
    }
    for (; column < columns; column += WIDTH) {
      const size_t rest = columns - column;
      if (rest < WIDTH) {
        const vector e = power_of_two(load_part(x + column, rest, -__builtin_inff()) - origin, factor, lowest);
        store_part(x + column, rest, e);
        s1 += e;
      } else {
        const vector e = power_of_two(load(x + column) - origin, factor, lowest);
        store(x + column, e);
        s0 += e;
      }
    }
    sums[row] = sum_of_lanes(s0 + s1);
  }
}
