#include "CKernels.h"

#if defined(__APPLE__)
// The package's manifest defines ACCELERATE_NEW_LAPACK and ACCELERATE_LAPACK_ILP64: the interface of macOS 13.3 with
// 64-bit sizes. The interface without them is deprecated.
#include <Accelerate/Accelerate.h>

void ckernels_accelerate_sgemm(bool transpose_b, size_t rows, size_t columns, size_t inner, const float *a,
                               size_t a_stride, const float *b, size_t b_stride, bool accumulates, float *c,
                               size_t c_stride) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans, (__LAPACK_int)rows,
              (__LAPACK_int)columns, (__LAPACK_int)inner, 1.0f, a, (__LAPACK_int)a_stride, b,
              (__LAPACK_int)b_stride, accumulates ? 1.0f : 0.0f, c, (__LAPACK_int)c_stride);
}
#endif
