/// Single-precision matrix multiplication by OpenBLAS, loaded on first use.
///
/// Nothing links against OpenBLAS: the library is found by name at run time, so a program starts without it and can
/// report that it is missing. Only this target names its symbols.
#ifndef COPENBLAS_H
#define COPENBLAS_H

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/// The result of loading the library.
typedef enum __attribute__((enum_extensibility(closed))) {
  /// The library is ready.
  COPENBLAS_LOADED __attribute__((swift_name("loaded"))) = 0,
  /// No library with one of the searched names could be loaded.
  COPENBLAS_LIBRARY_MISSING __attribute__((swift_name("libraryMissing"))) = 1,
  /// A library was loaded, but it lacks a symbol or takes 64-bit integers.
  COPENBLAS_LIBRARY_UNUSABLE __attribute__((swift_name("libraryUnusable"))) = 2,
} copenblas_status;

/// Loads the library once; later and simultaneous calls return the result of the first call.
///
/// `preferred_core` is the OpenBLAS core ("SkylakeX", "Haswell") whose kernels the CPU can run, or
/// NULL to leave the choice to the library. Releases of OpenBLAS that are older than the CPU fall back
/// to kernels of the year 2004, eight times slower. The library takes the choice from the variable
/// OPENBLAS_CORETYPE alone, while it is loaded. The variable is set for that time, unless the user has
/// set it, and removed before this returns.
///
/// The library uses one thread: callers split their work themselves.
copenblas_status copenblas_load(const char *_Nullable preferred_core);

/// Whether the library has been loaded and is usable. Does not load it.
bool copenblas_is_loaded(void);

/// Why loading failed, with the searched names and the Debian package; empty if loading succeeded or has not
/// been tried. Valid for the life of the process.
const char *copenblas_message(void);

/// The CPU type whose kernels the library uses, such as "SkylakeX"; empty if it is not loaded.
const char *copenblas_core_name(void);

/// The library's version and build options; empty if it is not loaded.
const char *copenblas_configuration(void);

/// c = scale * op(a) · op(b) + keep * c, all row-major.
///
/// op(a): [rows, inner], op(b): [inner, columns], c: [rows, columns]. A transposed operand is stored
/// as [columns of op, rows of op]. Strides count the elements from one stored row to the next. With
/// `keep` 0, c need not be initialised. Does nothing when the library is not loaded.
void copenblas_sgemm(bool transpose_a, bool transpose_b, int rows, int columns, int inner,
                     float scale, const float *a, int a_stride, const float *b, int b_stride,
                     float keep, float *c, int c_stride);

#pragma clang assume_nonnull end

#endif
