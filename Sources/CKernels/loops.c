#include "loops.h"

const ckernels_table *ckernels_loops(ckernels_instruction_set set) {
  switch (set) {
#if defined(__x86_64__)
  case CKERNELS_AMX:
  case CKERNELS_AVX512:
    return &ckernels_avx512_table;
  case CKERNELS_AVX2:
    return &ckernels_avx2_table;
#elif defined(__aarch64__)
  case CKERNELS_NEON:
    return &ckernels_neon_table;
#endif
  default:
    return &ckernels_baseline_table;
  }
}
