/// The kernels again, in double precision and in the plainest form, with the errors that single precision may have.
#ifndef REFERENCES_H
#define REFERENCES_H

#include <stddef.h>

/// An exact result, and how far another one may be from it.
typedef struct {
  double *exact, *tolerance;
} reference;

/// The exact GELU; within 1.3 * 2^-23 |x| and within 8 ulp.
reference gelu_reference(const float *x, size_t count);

/// 1 / (1 + exp(-x)), within 2.5 ulp.
reference sigmoid_reference(const float *x, size_t count);

/// exp(scale (x - largest)) of one row.
reference softmax_reference(const float *x, size_t columns, float scale);

/// The norm of one row, summed in `width` lanes.
reference layer_norm_reference(const float *x, const float *scale, const float *bias, size_t columns,
                               float epsilon, size_t width);

/// The errors of packed numbers: of a number, relative, and in parts of the largest one of its operand.
typedef struct {
  double relative, of_largest;
} number_error;

/// a times b. a: [rows, inner]; b: [inner, columns]; the errors are those of their numbers.
reference product_reference(const float *a, const float *b, size_t rows, size_t inner, size_t columns,
                            number_error a_error, number_error b_error);

/// softmax(scale query keyᵀ) value of one query. key, value: [keys, width].
reference attention_reference(const float *query, const float *key, const float *value, size_t keys, size_t width,
                              float scale, number_error error, double power_error);

void free_reference(reference r);

#endif
