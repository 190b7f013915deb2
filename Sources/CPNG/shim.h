#ifndef CPNG_SHIM_H
#define CPNG_SHIM_H

#include <png.h>

/// The bytes that an image of at most 256 colours, or of 8 bits a channel, takes at most as a PNG file.
static inline size_t maest_png_byte_bound(png_image image) { return PNG_IMAGE_PNG_SIZE_MAX(image); }

#endif
