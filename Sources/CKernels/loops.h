// The kernel tables that the files loops_*.c define, one for each instruction set.
#ifndef LOOPS_H
#define LOOPS_H

#include "CKernels.h"

extern const ckernels_table ckernels_baseline_table;
#if defined(__x86_64__)
extern const ckernels_table ckernels_avx2_table;
extern const ckernels_table ckernels_avx512_table;
#elif defined(__aarch64__)
extern const ckernels_table ckernels_neon_table;
#endif

#endif
