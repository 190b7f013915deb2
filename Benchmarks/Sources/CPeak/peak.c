#include "peak.h"

// Sums that do not wait for one another: a core with two units of latency 4 is full at 8, and 12 leave room for the
// two constants in 16 registers.
enum { sums = 12 };

// x = x * factor + addend converges to 1, so that the numbers stay ordinary. Read at run time, so that nothing can be
// computed before.
static volatile float factor_source = 0.999f, addend_source = 0.001f;

#define DEFINE_RUN(name, lanes, attributes)                                                                         \
  attributes static float name(uint64_t iterations) {                                                               \
    typedef float vector __attribute__((vector_size(4 * (lanes))));                                                 \
    const float factor_value = factor_source, addend_value = addend_source;                                         \
    const vector factor = (vector){} + factor_value, addend = (vector){} + addend_value;                            \
    vector sum[sums];                                                                                               \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < sums; i++) sum[i] = factor * (float)i;                   \
    for (uint64_t iteration = 0; iteration < iterations; iteration++) {                                             \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < sums; i++) sum[i] = sum[i] * factor + addend;          \
    }                                                                                                               \
    float total = 0;                                                                                                \
    for (int i = 0; i < sums; i++)                                                                                  \
      for (int lane = 0; lane < (lanes); lane++) total += sum[i][lane];                                             \
    return total;                                                                                                   \
  }

DEFINE_RUN(run_4, 4, )

#ifdef __x86_64__
DEFINE_RUN(run_8, 8, __attribute__((target("avx2,fma"))))
DEFINE_RUN(run_16, 16, __attribute__((target("avx512f"))))
#endif

bool peak_supports(enum peak_vectors vectors) {
#ifdef __x86_64__
  __builtin_cpu_init();
  if (vectors == peak_vectors_8) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (vectors == peak_vectors_16) return __builtin_cpu_supports("avx512f");
#endif
  return vectors == peak_vectors_4;
}

uint64_t peak_operations(enum peak_vectors vectors) {
  const uint64_t lanes = vectors == peak_vectors_16 ? 16 : vectors == peak_vectors_8 ? 8 : 4;
  return 2 * sums * lanes;
}

float peak_run(enum peak_vectors vectors, uint64_t iterations) {
#ifdef __x86_64__
  if (vectors == peak_vectors_16) return run_16(iterations);
  if (vectors == peak_vectors_8) return run_8(iterations);
#endif
  return run_4(iterations);
}
