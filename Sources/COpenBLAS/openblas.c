#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_MAJOR = 101, NOT_TRANSPOSED = 111, TRANSPOSED = 112 };

typedef void (*sgemm_function)(int order, int transpose_a, int transpose_b, int rows, int columns,
                               int inner, float alpha, const float *a, int a_stride, const float *b,
                               int b_stride, float beta, float *c, int c_stride);
typedef char *(*text_function)(void);
typedef void (*set_threads_function)(int count);

static const char *const searched_names[] = {
#if defined(__APPLE__)
    "libopenblas.0.dylib",
    "libopenblas.dylib",
    "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
    "/usr/local/opt/openblas/lib/libopenblas.dylib",
#else
    "libopenblas.so.0",
    "libopenblas.so",
#endif
};
enum { SEARCHED_NAME_COUNT = sizeof(searched_names) / sizeof(searched_names[0]) };

// Guards the first load. What stands below is written by that load only, and read by callers whose own
// call of copenblas_load has returned.
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static bool tried;
static copenblas_status status = COPENBLAS_LIBRARY_MISSING;
static char message[1024];
static sgemm_function sgemm;
static char core_name[64];
static char configuration[256];

/// Sets a variable of the environment, unless the user has set it.
///
/// Returns whether it was set here: the caller removes it again.
static bool set_for_loading(const char *name, const char *value) {
  return value != NULL && getenv(name) == NULL && setenv(name, value, 0) == 0;
}

/// Stores the address of a symbol in a function pointer: the cast that ISO C leaves to POSIX.
static void find(void *library, const char *name, void *function, size_t size) {
  void *address = dlsym(library, name);
  memcpy(function, &address, size);
}

static void *open_library(void) {
  char names[512] = "";
  char reason[256] = "";
  for (int index = 0; index < SEARCHED_NAME_COUNT; index++) {
    void *library = dlopen(searched_names[index], RTLD_NOW | RTLD_LOCAL);
    if (library != NULL) {
      return library;
    }
    const char *error = dlerror();
    if (index == 0 && error != NULL) {
      snprintf(reason, sizeof(reason), "%s", error);
    }
    size_t used = strlen(names);
    snprintf(names + used, sizeof(names) - used, "%s%s", index == 0 ? "" : ", ", searched_names[index]);
  }
  snprintf(message, sizeof(message),
           "searched %s; on Debian and Ubuntu the package is libopenblas0 (libopenblas-dev to build "
           "against it); the loader says: %s",
           names, reason);
  return NULL;
}

static copenblas_status load(const char *preferred_core) {
  // The library chooses kernels and starts its threads while it is loaded. It has no function to say so before.
  const char *const names[] = {"OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS"};
  const bool is_core_set = set_for_loading(names[0], preferred_core);
  const bool are_threads_set = set_for_loading(names[1], "1");
  void *library = open_library();
  if (is_core_set) {
    unsetenv(names[0]);
  }
  if (are_threads_set) {
    unsetenv(names[1]);
  }
  if (library == NULL) {
    return COPENBLAS_LIBRARY_MISSING;
  }
  sgemm_function found_sgemm;
  text_function corename, config;
  set_threads_function set_threads;
  find(library, "cblas_sgemm", &found_sgemm, sizeof(found_sgemm));
  find(library, "openblas_get_corename", &corename, sizeof(corename));
  find(library, "openblas_get_config", &config, sizeof(config));
  find(library, "openblas_set_num_threads", &set_threads, sizeof(set_threads));
  if (found_sgemm == NULL || corename == NULL || config == NULL || set_threads == NULL) {
    snprintf(message, sizeof(message), "the library lacks %s",
             found_sgemm == NULL ? "cblas_sgemm"
             : corename == NULL  ? "openblas_get_corename"
             : config == NULL    ? "openblas_get_config"
                                 : "openblas_set_num_threads");
    return COPENBLAS_LIBRARY_UNUSABLE;
  }
  snprintf(configuration, sizeof(configuration), "%s", config());
  if (strstr(configuration, "USE64BITINT") != NULL) {
    snprintf(message, sizeof(message), "the library takes 64-bit integers (%s)", configuration);
    return COPENBLAS_LIBRARY_UNUSABLE;
  }
  snprintf(core_name, sizeof(core_name), "%s", corename());
  set_threads(1);
  sgemm = found_sgemm;
  return COPENBLAS_LOADED;
}

copenblas_status copenblas_load(const char *preferred_core) {
  pthread_mutex_lock(&loading);
  if (!tried) {
    status = load(preferred_core);
    tried = true;
  }
  copenblas_status answer = status;
  pthread_mutex_unlock(&loading);
  return answer;
}

bool copenblas_is_loaded(void) {
  pthread_mutex_lock(&loading);
  bool loaded = tried && status == COPENBLAS_LOADED;
  pthread_mutex_unlock(&loading);
  return loaded;
}

const char *copenblas_message(void) { return message; }

const char *copenblas_core_name(void) { return core_name; }

const char *copenblas_configuration(void) { return configuration; }

void copenblas_sgemm(bool transpose_a, bool transpose_b, int rows, int columns, int inner,
                     float scale, const float *a, int a_stride, const float *b, int b_stride,
                     float keep, float *c, int c_stride) {
  if (sgemm == NULL) {
    return;
  }
  sgemm(ROW_MAJOR, transpose_a ? TRANSPOSED : NOT_TRANSPOSED, transpose_b ? TRANSPOSED : NOT_TRANSPOSED,
        rows, columns, inner, scale, a, a_stride, b, b_stride, keep, c, c_stride);
}
