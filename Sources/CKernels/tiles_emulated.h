// Emulates tiles with arrays and vectors, one number of the left operand at a time. Included by the files tiles_*.c for
// instruction sets without tiles.
//
// The instruction TDPBF16PS (Intel's manual, volume 2) works like this: for each sum, the products of even and of odd
// inner indices are accumulated from 0 in the order of the index, each with one rounding. The two sums are added, and
// the result is added to the tile. Subnormal inputs and results are replaced by 0.

#define HAS_FMA 1
#define UNIT 32
#include "tiles_vectors.h"

typedef struct {
  _Alignas(64) char bytes[TILE_BYTES];
} tile;

#if defined(__x86_64__)
/// Flush to zero, and denormals are zero.
#define FLUSHES 0x8040u

INLINE uint32_t begin_flushing(void) {
  const uint32_t mode = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(mode | FLUSHES);
  __asm__ volatile("" ::: "memory");
  return mode;
}

INLINE void end_flushing(uint32_t mode) {
  __asm__ volatile("" ::: "memory");
  __builtin_ia32_ldmxcsr(mode);
}
#elif defined(__aarch64__)
#define FLUSHES (UINT64_C(1) << 24)

INLINE uint64_t begin_flushing(void) {
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  __asm__ volatile("msr fpcr, %0" ::"r"(mode | FLUSHES) : "memory");
  return mode;
}

INLINE void end_flushing(uint64_t mode) { __asm__ volatile("msr fpcr, %0" ::"r"(mode) : "memory"); }
#else
#error "flushing subnormal numbers to zero is not implemented for this architecture"
#endif

/// Not inlined: memory is read and written only between begin_flushing and end_flushing, so that the compiler moves no
/// arithmetic out of this range.
static __attribute__((noinline)) void multiply_tiles(tile *sums, const tile *left, const tile *right) {
  const __typeof__(begin_flushing()) mode = begin_flushing();
  _Alignas(64) float even[16][WIDTH], odd[16][WIDTH];
  for (size_t pair = 0; pair < 16; pair++) {
    vector_bits pairs;
    memcpy(&pairs, right->bytes + pair * TILE_ROW_BYTES, sizeof(pairs));
    store(even[pair], from_bits(pairs << 16));
    store(odd[pair], from_bits(pairs & 0xffff0000));
  }
  for (size_t row = 0; row < 16; row++) {
    uint32_t pairs[16];
    memcpy(pairs, left->bytes + row * TILE_ROW_BYTES, sizeof(pairs));
    vector even_sum = splat(0.0f), odd_sum = splat(0.0f);
    for (size_t pair = 0; pair < 16; pair++) {
      const vector_bits bits = (vector_bits)pairs[pair];
      even_sum = multiply_add(from_bits(bits << 16), load(even[pair]), even_sum);
      odd_sum = multiply_add(from_bits(bits & 0xffff0000), load(odd[pair]), odd_sum);
    }
    float *sum = (float *)(sums->bytes + row * TILE_ROW_BYTES);
    store(sum, load(sum) + (even_sum + odd_sum));
  }
  end_flushing(mode);
}

INLINE void copy_rows(char *to, size_t to_stride, const char *from, size_t from_stride) {
  for (size_t row = 0; row < 16; row++) {
    memcpy(to + row * to_stride, from + row * from_stride, TILE_ROW_BYTES);
  }
}

#define TILES_BEGIN tile tiles[8]
#define TILES_END (void)0
#define TILES_PARAMETER tile *tiles,
#define TILES_ARGUMENT tiles,
#define TILE_ZERO(index) memset(&tiles[index], 0, sizeof(tile))
#define TILE_LOAD(index, from, stride)                                                                 \
  copy_rows(tiles[index].bytes, TILE_ROW_BYTES, (const char *)(from), stride)
#define TILE_STORE(index, to, stride) copy_rows((char *)(to), stride, tiles[index].bytes, TILE_ROW_BYTES)
#define TILE_MULTIPLY(sums, left, right) multiply_tiles(&tiles[sums], &tiles[left], &tiles[right])

#define HAS_BFLOAT16 0
#include "tiles_template.h"
