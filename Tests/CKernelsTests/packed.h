/// Operands in packed units, for the tests of bfloat16 and of fixed point.
#ifndef PACKED_H
#define PACKED_H

#include "CKernels.h"

/// A packed operand: its units, and how many they are.
typedef struct {
  char *units;
  size_t count;
} operand;

/// The units that a number of rows or columns takes.
size_t unit_count(const ckernels_tile_table *kernels, size_t count);

/// Packs [rows, columns], whose rows are without gaps. Units of left and of transposed right operands lie group by
/// group, those of right ones panel by panel.
operand pack(const ckernels_tile_table *kernels, ckernels_tile_target target, const float *values, size_t rows,
             size_t columns);

/// The numbers of an operand, [rows, columns], in new memory.
float *unpack(const ckernels_tile_table *kernels, ckernels_tile_target target, operand o, size_t rows, size_t columns);

/// New units for [rows, columns].
operand new_operand(const ckernels_tile_table *kernels, size_t rows, size_t columns);

/// A product: left [rows, inner], right [inner, columns] and bias [columns] or NULL.
typedef struct {
  operand left, right;
  const float *bias;
  size_t rows, inner, columns;
  float factor;
  bool gelu;
} packed_product;

/// The product as a matrix [rows, columns], in new memory; old: what is added to it, or NULL.
float *multiply_to_matrix(const char *name, const ckernels_tile_table *kernels, const packed_product *p,
                          const float *old);

/// The product as an operand.
operand multiply_to_operand(const ckernels_tile_table *kernels, const packed_product *p, ckernels_tile_target target);

/// softmax(scale query keyᵀ) value. query: [queries, width], of one unit of rows at most; key, value: [keys, width].
operand attend(const ckernels_tile_table *kernels, const float *query, const float *key, const float *value,
               size_t queries, size_t keys, size_t width, float scale);

#endif
