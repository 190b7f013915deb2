#ifndef CMPG123_SHIM_H
#define CMPG123_SHIM_H

#include <mpg123.h>

// Some versions have macros in place of these functions, which Swift does not see.

/// Sets a parameter to a whole number.
static inline int maest_mpg123_set(mpg123_handle *handle, int parameter, long value) {
  return mpg123_param(handle, parameter, value, 0.0);
}

/// Decodes the next frame of what was fed.
static inline int maest_mpg123_decode_frame(mpg123_handle *handle, unsigned char **samples, size_t *byte_count) {
  off_t number = 0;
  return mpg123_decode_frame(handle, &number, samples, byte_count);
}

#endif
