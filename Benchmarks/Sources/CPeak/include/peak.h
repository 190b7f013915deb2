// The most multiplications and additions in single precision that a core does, kept busy with nothing else.
#ifndef PEAK_H
#define PEAK_H

#include <stdbool.h>
#include <stdint.h>

// Vectors of 4, 8 and 16 numbers; on x86 SSE2, AVX2 with FMA, AVX-512 F.
enum peak_vectors { peak_vectors_4, peak_vectors_8, peak_vectors_16 };

// Whether this build and this processor have them.
bool peak_supports(enum peak_vectors vectors);

// Operations (a multiplication or an addition of two numbers) in one iteration.
uint64_t peak_operations(enum peak_vectors vectors);

// Runs so many iterations on the calling thread; returns a number that depends on all of them.
float peak_run(enum peak_vectors vectors, uint64_t iterations);

#endif
