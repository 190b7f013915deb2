#include "references.h"

#include "checks.h"

#include <math.h>
#include <stdlib.h>

static reference new_reference(size_t count) {
  return (reference){zeros(count * sizeof(double)), zeros(count * sizeof(double))};
}

void free_reference(reference r) {
  free(r.exact);
  free(r.tolerance);
}

/// A unit in the last place of a number as single precision has it.
static double ulp(double x) {
  const float size = fabsf((float)x);
  return isinf(size) ? 0x1p104 : (double)nextafterf(size, INFINITY) - size;
}

reference gelu_reference(const float *x, size_t count) {
  reference r = new_reference(count);
  for (size_t index = 0; index < count; index++) {
    const double value = x[index];
    r.exact[index] = value == -INFINITY ? 0 : 0.5 * value * erfc(-value / sqrt(2));
    r.tolerance[index] = fmin(2.6 * ROUNDING * fabs(value), 8 * ulp(r.exact[index])) + LEAST_NORMAL;
  }
  return r;
}

reference sigmoid_reference(const float *x, size_t count) {
  reference r = new_reference(count);
  for (size_t index = 0; index < count; index++) {
    r.exact[index] = 1 / (1 + exp(-(double)x[index]));
    r.tolerance[index] = 2.5 * ulp(r.exact[index]) + LEAST_NORMAL;
  }
  return r;
}

static double largest_of(const double *x, size_t count) {
  double largest = -INFINITY;
  for (size_t index = 0; index < count; index++) {
    largest = fmax(largest, x[index]);
  }
  return largest;
}

static double largest_magnitude(const float *x, size_t count) {
  double largest = 0;
  for (size_t index = 0; index < count; index++) {
    largest = fmax(largest, fabs(x[index]));
  }
  return largest;
}

// The argument has a rounding of the difference, one of the factor, one of their product and a quarter of one of
// log2(e), which exp turns into a relative error as large as the argument; exp adds its own.
reference softmax_reference(const float *x, size_t columns, float scale) {
  reference r = new_reference(columns);
  float largest = -INFINITY;
  for (size_t column = 0; column < columns; column++) {
    largest = fmaxf(largest, x[column]);
  }
  for (size_t column = 0; column < columns; column++) {
    const double argument = scale * ((double)x[column] - largest);
    r.exact[column] = exp(argument);
    r.tolerance[column] = r.exact[column] * (3.25 * -argument + 2) * ROUNDING + LEAST_NORMAL;
    if (r.exact[column] == 0) {
      r.tolerance[column] = LEAST_NORMAL;
    }
  }
  return r;
}

// A normalised value has the roundings of the two sums, relative to it (from the deviation) and to 1 (from the mean).
// The first mean is off by its sum's roundings; that counts in units of the deviation.
reference layer_norm_reference(const float *x, const float *scale, const float *bias, size_t columns, float epsilon,
                               size_t width) {
  reference r = new_reference(columns);
  double sum = 0, squares = 0;
  for (size_t column = 0; column < columns; column++) {
    sum += x[column];
  }
  const double mean = sum / (double)columns;
  for (size_t column = 0; column < columns; column++) {
    squares += (x[column] - mean) * (x[column] - mean);
  }
  const double deviation = sqrt(squares / (double)columns + epsilon);
  const double roundings = (double)(columns / width + 12) * ROUNDING;
  const double offset = roundings * largest_magnitude(x, columns) / deviation;
  for (size_t column = 0; column < columns; column++) {
    const double normal = (x[column] - mean) / deviation;
    r.exact[column] = normal * scale[column] + bias[column];
    r.tolerance[column] = roundings * (1 + fabs(normal) + offset) * (1 + offset) * fabs(scale[column]) +
                          2 * ROUNDING * fabs(r.exact[column]) + LEAST_NORMAL;
  }
  return r;
}

/// The error of a packed number.
static double error_of(double x, double largest, number_error error) {
  return fabs(x) * error.relative + largest * error.of_largest;
}

reference product_reference(const float *a, const float *b, size_t rows, size_t inner, size_t columns,
                            number_error a_error, number_error b_error) {
  reference r = new_reference(rows * columns);
  const double a_largest = largest_magnitude(a, rows * inner), b_largest = largest_magnitude(b, inner * columns);
  for (size_t row = 0; row < rows; row++) {
    for (size_t column = 0; column < columns; column++) {
      double sum = 0, norm = 0, error = 0;
      for (size_t k = 0; k < inner; k++) {
        const double x = a[row * inner + k], y = b[k * columns + column];
        const double x_error = error_of(x, a_largest, a_error), y_error = error_of(y, b_largest, b_error);
        sum += x * y;
        norm += fabs(x * y);
        error += fabs(x) * y_error + fabs(y) * x_error + x_error * y_error;
      }
      r.exact[row * columns + column] = sum;
      r.tolerance[row * columns + column] = error + norm * (double)(inner + 2) * ROUNDING + LEAST_NORMAL;
    }
  }
  return r;
}

/// The scores of a query, and the relative errors of their exponentials.
static void score(const float *query, const float *key, size_t keys, size_t width, float scale, number_error error,
                  double power_error, double *scores, double *errors) {
  reference product = new_reference(0);
  for (size_t index = 0; index < keys; index++) {
    free_reference(product);
    product = product_reference(query, key + index * width, 1, width, 1, error, error);
    scores[index] = scale * product.exact[0];
    errors[index] = scale * product.tolerance[0];
  }
  free_reference(product);
  const double largest = largest_of(scores, keys);
  for (size_t index = 0; index < keys; index++) {
    const double argument = largest - scores[index];
    // Beyond e^50 nothing is left to bound.
    errors[index] = expm1(fmin(errors[index] + (3.25 * argument + 2) * ROUNDING, 50)) + power_error;
    scores[index] = exp(-argument);
  }
}

// A score's error becomes a relative one of its numerator. Numerators and values have the errors of packed numbers. All
// numerators are off together by as much as their sum is.
reference attention_reference(const float *query, const float *key, const float *value, size_t keys, size_t width,
                              float scale, number_error error, double power_error) {
  reference r = new_reference(width), numerators = new_reference(keys);
  score(query, key, keys, width, scale, error, power_error, numerators.exact, numerators.tolerance);
  double sum = 0, sum_error = 0;
  for (size_t index = 0; index < keys; index++) {
    sum += numerators.exact[index];
    sum_error += numerators.exact[index] * numerators.tolerance[index];
  }
  const double value_largest = largest_magnitude(value, keys * width), roundings = (double)(3 * keys + 4) * ROUNDING;
  for (size_t column = 0; column < width; column++) {
    double norm = 0, total_error = error.of_largest * value_largest;
    for (size_t index = 0; index < keys; index++) {
      const double part = numerators.exact[index] / sum, x = value[index * width + column];
      const double part_error = part * (numerators.tolerance[index] + error.relative) + error.of_largest / sum;
      r.exact[column] += part * x;
      norm += fabs(part * x);
      total_error += fabs(x) * part_error + part * error_of(x, value_largest, error);
    }
    r.tolerance[column] = total_error + norm * (sum_error / sum + roundings + 2 * error.relative) + LEAST_NORMAL;
  }
  free_reference(numerators);
  return r;
}
