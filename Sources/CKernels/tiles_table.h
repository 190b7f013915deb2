// The functions of a kernel table, for one number of parts. Included after tiles_attention.h.

#define FUNCTIONS(parts)                                                                               \
  static void normalize_##parts(const float *input, size_t stride, size_t rows, size_t columns,        \
                                const float *scale, const float *bias, float epsilon, float *scratch,  \
                                void *left) {                                                          \
    normalize_rows(parts, input, stride, rows, columns, scale, bias, epsilon, scratch, left);          \
  }                                                                                                    \
  static void pack_##parts(ckernels_tile_target target, const float *values, size_t stride,            \
                           size_t rows, size_t columns, void *unit) {                                  \
    pack_unit(parts, target, values, stride, rows, columns, unit);                                     \
  }                                                                                                    \
  static void unpack_##parts(ckernels_tile_target target, const void *unit, float *values) {           \
    unpack_unit(parts, target, unit, values);                                                          \
  }                                                                                                    \
  static void multiply_##parts(const ckernels_tile_product *product,                                   \
                               const ckernels_tile_epilogue *epilogue) {                               \
    multiply_all(parts, product, epilogue);                                                            \
  }                                                                                                    \
  static void attend_##parts(const ckernels_tile_attention *attention, void *scratch) {                \
    attend_all(parts, attention, scratch);                                                             \
  }

#define ENTRIES(number)                                                                                \
  {.parts = number,                                                                                    \
   .unit = UNIT,                                                                                       \
   .unit_bytes = UNIT_BYTES(number),                                                                   \
   .scratch_bytes = sizeof(attention_scratch),                                                         \
   .scratch_bytes_a_step = UNIT * UNIT * sizeof(float),                                                \
   .normalize = normalize_##number,                                                                    \
   .pack = pack_##number,                                                                              \
   .unpack = unpack_##number,                                                                          \
   .multiply = multiply_##number,                                                                      \
   .attend = attend_##number}
