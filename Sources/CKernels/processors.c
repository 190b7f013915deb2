#if defined(__linux__)
// For sched_getaffinity.
#define _GNU_SOURCE
#include <sched.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#endif

#include "CKernels.h"

#include <unistd.h>

int ckernels_scheduled_cpu_count(void) {
#if defined(__linux__)
  // The kernel rejects a set that is smaller than its own; this one has room for 8192 CPUs.
  cpu_set_t sets[8192 / CPU_SETSIZE];
  if (sched_getaffinity(0, sizeof(sets), sets) == 0) {
    return CPU_COUNT_S(sizeof(sets), sets);
  }
#endif
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}

#if defined(__APPLE__)
int ckernels_physical_core_count(void) {
  int count = 0;
  size_t size = sizeof(count);
  return sysctlbyname("hw.physicalcpu", &count, &size, NULL, 0) == 0 && count > 0 ? count : 0;
}
#endif
