#include "loops.h"

const ckernels_table *ckernels_loops(ckernels_instruction_set set) {
#if defined(__x86_64__)
  switch (set) {
  case CKERNELS_AMX:
  case CKERNELS_AVX512:
    return &ckernels_avx512_table;
  case CKERNELS_AVX2:
    return &ckernels_avx2_table;
  case CKERNELS_BASELINE:
    break;
  }
#else
  (void)set;
#endif
  return &ckernels_baseline_table;
}
