// What the harness calls of libFuzzer, which is linked by the sanitizer "fuzzer".
#pragma once
#include <stddef.h>
#include <stdint.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
