// Tests the C kernels without Swift, and so also where only an emulator runs programs: Tools/check-arm64.
//
// Prints the checksum of the fixed-point results, which must be the same on every architecture. Fails with status 1.

#include "checks.h"
#include "kernel_tests.h"

#include <inttypes.h>
#include <stdio.h>

static void test_instruction_sets(void) {
  static const char *const names[] = {"baseline", "avx2", "avx512", "amx", "neon"};
  for (size_t index = 0; index < sizeof(names) / sizeof(names[0]); index++) {
    const ckernels_instruction_set code = (ckernels_instruction_set)index;
    const char *name = names[index];
    if (!ckernels_supports(code) || (code == CKERNELS_AMX && !ckernels_request_tiles())) {
      continue;
    }
    printf("%s\n", name);
    if (code != CKERNELS_AMX) {
#if defined(__x86_64__)
      const bool is_fused = code != CKERNELS_BASELINE;
#else
      const bool is_fused = true;
#endif
      test_loops(name, ckernels_loops(code));
      test_products(name, ckernels_loops(code), is_fused);
    }
    test_bfloat16(name, ckernels_tiles(1, code));
    test_bfloat16(name, ckernels_tiles(2, code));
  }
}

static void test_fixed_instructions(void) {
  static const char *const names[] = {"baseline", "avx2", "avx-vnni", "avx512", "avx512-vnni", "neon"};
  uint64_t first = 0;
  for (size_t index = 0; index < sizeof(names) / sizeof(names[0]); index++) {
    const ckernels_fixed_instructions code = (ckernels_fixed_instructions)index;
    if (ckernels_supports_fixed(code)) {
      printf("fixed point, %s\n", names[index]);
      const uint64_t checksum = test_fixed(names[index], ckernels_fixed(code));
      first = index == 0 ? checksum : first;
      expect(checksum == first, "%s: the checksum is not the baseline's", names[index]);
    }
  }
  printf("fixed-point checksum: %016" PRIx64 "\n", first);
}

int main(void) {
  printf("CPU features: %s\n", ckernels_cpu_features());
  test_instruction_sets();
  test_fixed_instructions();
  printf("%zu comparisons, %zu failed\n", check_count(), failure_count());
  return failure_count() == 0 ? 0 : 1;
}
