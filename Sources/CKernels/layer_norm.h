// LayerNorm. Included after vectors.h, once for each instruction set.

/// The sum of a row, in four accumulators.
INLINE float sum_of_row(const float *x, size_t columns) {
  vector s0 = splat(0.0f), s1 = s0, s2 = s0, s3 = s0;
  size_t column = 0;
  for (; column + 4 * WIDTH <= columns; column += 4 * WIDTH) {
    s0 += load(x + column);
    s1 += load(x + column + WIDTH);
    s2 += load(x + column + 2 * WIDTH);
    s3 += load(x + column + 3 * WIDTH);
  }
  for (; column + WIDTH <= columns; column += WIDTH) {
    s0 += load(x + column);
  }
  if (column < columns) {
    s1 += load_part(x + column, columns - column, 0.0f);
  }
  return sum_of_lanes((s0 + s1) + (s2 + s3));
}

/// The sums of x - origin and of its square over a row.
INLINE void sums_about(float origin, const float *x, size_t columns, float *sum, float *square_sum) {
  const vector o = splat(origin);
  vector s0 = splat(0.0f), s1 = s0, q0 = s0, q1 = s0;
  size_t column = 0;
  for (; column + 2 * WIDTH <= columns; column += 2 * WIDTH) {
    const vector d0 = load(x + column) - o;
    const vector d1 = load(x + column + WIDTH) - o;
    s0 += d0;
    s1 += d1;
    q0 = multiply_add(d0, d0, q0);
    q1 = multiply_add(d1, d1, q1);
  }
  for (; column < columns; column += WIDTH) {
    const size_t rest = columns - column;
    const vector d = (rest < WIDTH ? load_part(x + column, rest, origin) : load(x + column)) - o;
    s0 += d;
    q0 = multiply_add(d, d, q0);
  }
  *sum = sum_of_lanes(s0 + s1);
  *square_sum = sum_of_lanes(q0 + q1);
}

static void layer_norm(const float *input, size_t input_stride, size_t rows, size_t columns,
                       const float *scale, const float *bias, float epsilon, float *output,
                       size_t output_stride) {
  const float count = (float)columns;
  for (size_t row = 0; row < rows; row++) {
    const float *x = input + row * input_stride;
    float *out = output + row * output_stride;
    // The first mean has the rounding error of its sum; the mean of the differences corrects it. Without the
    // correction, that error would dominate the result of a nearly constant row of large values.
    const float origin = sum_of_row(x, columns) / count;
    float sum, square_sum;
    sums_about(origin, x, columns, &sum, &square_sum);
    const float left = sum / count;
    const float variance = square_sum / count - left * left;
    const float factor = 1.0f / __builtin_elementwise_sqrt((variance > 0.0f ? variance : 0.0f) + epsilon);

    const vector o = splat(origin), l = splat(left), f = splat(factor);
    size_t column = 0;
    for (; column + WIDTH <= columns; column += WIDTH) {
      const vector normal = ((load(x + column) - o) - l) * f;
      store(out + column, multiply_add(normal, load(scale + column), load(bias + column)));
    }
    if (column < columns) {
      const size_t rest = columns - column;
      const vector normal = ((load_part(x + column, rest, origin) - o) - l) * f;
      const vector s = load_part(scale + column, rest, 0.0f), b = load_part(bias + column, rest, 0.0f);
      store_part(out + column, rest, multiply_add(normal, s, b));
    }
  }
}
