#include "tiles.h"

#include <pthread.h>

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>

/// Requests the tile registers from Linux for all threads of the process, which has no access to them by default.
///
/// The request fails if the kernel does not support it, or if a thread's signal stack is too small for the registers.
static bool request_tiles(void) {
  const int request_permission = 0x1023, tile_data = 18;
  return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}
#else
static bool request_tiles(void) { return false; }
#endif

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool may_use_tiles;

static void request_once(void) { may_use_tiles = ckernels_supports(CKERNELS_AMX) && request_tiles(); }

bool ckernels_request_tiles(void) {
  pthread_once(&once, request_once);
  return may_use_tiles;
}

const ckernels_tile_table *ckernels_tiles(size_t parts, ckernels_instruction_set set) {
  const size_t index = parts == 2 ? 1 : 0;
  switch (set) {
#if defined(__x86_64__)
  case CKERNELS_AMX:
    return &ckernels_amx_tile_tables[index];
  case CKERNELS_AVX512:
  case CKERNELS_AVX2:
    return &ckernels_avx2_tile_tables[index];
#endif
  default:
    return &ckernels_baseline_tile_tables[index];
  }
}

const ckernels_tile_table *ckernels_fixed(ckernels_fixed_instructions instructions) {
  switch (instructions) {
#if defined(__x86_64__)
  case CKERNELS_FIXED_AVX512_VNNI:
    return &ckernels_avx512_vnni_fixed_table;
  case CKERNELS_FIXED_AVX512:
    return &ckernels_avx512_fixed_table;
  case CKERNELS_FIXED_AVX_VNNI:
    return &ckernels_avx_vnni_fixed_table;
  case CKERNELS_FIXED_AVX2:
    return &ckernels_avx2_fixed_table;
#elif defined(__aarch64__)
  case CKERNELS_FIXED_NEON:
    return &ckernels_neon_fixed_table;
#endif
  default:
    return &ckernels_baseline_fixed_table;
  }
}
