/* SPDX-License-Identifier: MIT */
/* A small valid IGVM file, and files made of headers of one's choice. */
#pragma once

#include "igvm/write.h"

#define SAMPLE_MASK 0x1U
#define SAMPLE_ROOM 0x8000U

struct sample {
	u8 bytes[SAMPLE_ROOM];
	size_t n;
};

/* Puts headers into the writer; called twice. */
typedef void (*sample_content)(struct igvm_writer *w);

/* All header types that the builder emits, one page of data, one VMSA. */
void sample_all(struct igvm_writer *w);
/* The SNP platform and nothing else, to put other headers behind */
void sample_platform(struct igvm_writer *w);

void sample_make(struct sample *s, sample_content content);
/* Makes the checksum right again after the bytes were changed. */
void sample_seal(struct sample *s);
/* igvm_open on a copy that ends exactly where the bytes end */
enum err sample_open(const void *bytes, size_t n, struct igvm_error *error);
