#ifndef CVORBIS_SHIM_H
#define CVORBIS_SHIM_H

#include <vorbis/vorbisfile.h>

#endif
