/* SPDX-License-Identifier: MIT */
/* Hashes of libcrypto, in the form that lib/igvm asks for. When libcrypto refuses, the program ends with a message. */
#pragma once

#include "igvm/measure.h"

extern const struct igvm_hash host_hash;

/* A stream to feed; digest_size says which hash. host_stream_end frees it. */
struct igvm_stream host_stream_begin(size_t digest_size);
void host_stream_end(struct igvm_stream *stream, u8 *digest);
