/// The tests of the C kernels, each for all implementations that run on this machine.
#ifndef KERNEL_TESTS_H
#define KERNEL_TESTS_H

#include "CKernels.h"

#include <stdint.h>

/// Norms, activations, softmax and sums by rows, against double precision.
void test_loops(const char *name, const ckernels_table *kernels);

/// Packing, products by a panel and attention that is made of them: against double precision, and bit for bit against a
/// plain loop. is_fused: whether a product is added to a sum with one rounding.
void test_products(const char *name, const ckernels_table *kernels, bool is_fused);

/// bfloat16 in one part or two against double precision.
void test_bfloat16(const char *name, const ckernels_tile_table *kernels);

/// 16-bit fixed point against double precision, and bit for bit against the baseline.
///
/// Returns a checksum of the results, which is the same on every architecture.
uint64_t test_fixed(const char *name, const ckernels_tile_table *kernels);

#endif
