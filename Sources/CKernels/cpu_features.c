#include "CKernels.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  bool avx2, fma, avx512f, avx512dq, avx512bw, avx512vl, avx512_bf16, avx512_vnni, avx_vnni, amx_tile,
      amx_bf16;
  bool vectors_of_8, vectors_of_16, tiles;
} features;

#if defined(__x86_64__)
#include <cpuid.h>

/// The register sets that the operating system saves at a thread switch (XCR0).
static uint64_t saved_registers(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

static features read_features(void) {
  features found = {0};
  unsigned a, b, c, d;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0) {
    return found;
  }
  const bool xgetbv_works = (c >> 27 & 1) != 0;
  const bool avx = (c >> 28 & 1) != 0;
  found.fma = (c >> 12 & 1) != 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) != 0) {
    found.avx2 = (b >> 5 & 1) != 0;
    found.avx512f = (b >> 16 & 1) != 0;
    found.avx512dq = (b >> 17 & 1) != 0;
    found.avx512bw = (b >> 30 & 1) != 0;
    found.avx512vl = (b >> 31 & 1) != 0;
    found.avx512_vnni = (c >> 11 & 1) != 0;
    found.amx_bf16 = (d >> 22 & 1) != 0;
    found.amx_tile = (d >> 24 & 1) != 0;
    const bool has_more = a >= 1;
    if (has_more && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0) {
      found.avx_vnni = (a >> 4 & 1) != 0;
      found.avx512_bf16 = (a >> 5 & 1) != 0;
    }
  }
  const uint64_t saved = xgetbv_works ? saved_registers() : 0;
  found.vectors_of_8 = avx && (saved & 0x06) == 0x06;
  found.vectors_of_16 = found.vectors_of_8 && (saved & 0xe0) == 0xe0;
  found.tiles = (saved & 0x60000) == 0x60000;
  return found;
}
#else
static features read_features(void) { return (features){0}; }
#endif

#if defined(__aarch64__)
/// Every ARM64 CPU has NEON.
static const bool has_neon = true;
#else
static const bool has_neon = false;
#endif

static pthread_once_t once = PTHREAD_ONCE_INIT;
static features cpu;
static char words[160];

static void read_once(void) {
  cpu = read_features();
#if defined(__x86_64__)
  snprintf(words, sizeof(words), "SSE2%s%s%s%s%s%s%s%s%s%s", cpu.vectors_of_8 && cpu.avx2 ? ", AVX2" : "",
           cpu.vectors_of_8 && cpu.fma ? ", FMA" : "",
           cpu.vectors_of_8 && cpu.avx_vnni ? ", AVX-VNNI" : "", cpu.vectors_of_16 && cpu.avx512f ? ", AVX-512 F" : "",
           cpu.vectors_of_16 && cpu.avx512dq ? " DQ" : "", cpu.vectors_of_16 && cpu.avx512bw ? " BW" : "",
           cpu.vectors_of_16 && cpu.avx512vl ? " VL" : "", cpu.vectors_of_16 && cpu.avx512_bf16 ? " BF16" : "",
           cpu.vectors_of_16 && cpu.avx512_vnni ? " VNNI" : "",
           cpu.tiles && cpu.amx_tile && cpu.amx_bf16 ? ", AMX BF16" : "");
#elif defined(__aarch64__)
  snprintf(words, sizeof(words), "NEON");
#else
  snprintf(words, sizeof(words), "none known");
#endif
}

bool ckernels_supports(ckernels_instruction_set set) {
  pthread_once(&once, read_once);
  const bool avx2 = cpu.vectors_of_8 && cpu.avx2 && cpu.fma;
  const bool avx512 =
      avx2 && cpu.vectors_of_16 && cpu.avx512f && cpu.avx512dq && cpu.avx512bw && cpu.avx512vl;
  switch (set) {
  case CKERNELS_BASELINE:
    return true;
  case CKERNELS_AVX2:
    return avx2;
  case CKERNELS_AVX512:
    return avx512;
  case CKERNELS_AMX:
    return avx512 && cpu.avx512_bf16 && cpu.tiles && cpu.amx_tile && cpu.amx_bf16;
  case CKERNELS_NEON:
    return has_neon;
  }
  return false;
}

bool ckernels_supports_fixed(ckernels_fixed_instructions instructions) {
  switch (instructions) {
  case CKERNELS_FIXED_BASELINE:
    return true;
  case CKERNELS_FIXED_AVX2:
    return ckernels_supports(CKERNELS_AVX2);
  case CKERNELS_FIXED_AVX_VNNI:
    return ckernels_supports(CKERNELS_AVX2) && cpu.avx_vnni;
  case CKERNELS_FIXED_AVX512:
    return ckernels_supports(CKERNELS_AVX512);
  case CKERNELS_FIXED_AVX512_VNNI:
    return ckernels_supports(CKERNELS_AVX512) && cpu.avx512_vnni;
  case CKERNELS_FIXED_NEON:
    return has_neon;
  }
  return false;
}

ckernels_instruction_set ckernels_best_instruction_set(void) {
  return ckernels_supports(CKERNELS_AMX)      ? CKERNELS_AMX
         : ckernels_supports(CKERNELS_AVX512) ? CKERNELS_AVX512
         : ckernels_supports(CKERNELS_AVX2)   ? CKERNELS_AVX2
         : ckernels_supports(CKERNELS_NEON)   ? CKERNELS_NEON
                                              : CKERNELS_BASELINE;
}

const char *ckernels_cpu_features(void) {
  pthread_once(&once, read_once);
  return words;
}
