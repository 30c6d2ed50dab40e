/* SPDX-License-Identifier: MIT */
/*
 * Launch digests beside the plain SEV-SNP one of igvm.h. The files are open, and mask is that of the platform
 * (igvm_platform_mask); page data, parameter areas and contexts of other platforms do not count.
 */
#pragma once

#include "igvm/igvm.h"

/* A hash that is fed piece by piece; the caller starts and ends it. */
struct igvm_stream {
	void (*add)(void *context, struct span data);
	void *context;
};

/*
 * Intel TDX, MRTD: a SHA-384 of this stream (TDX Module ABI, TDH.MEM.PAGE.ADD and TDH.MR.EXTEND). Every private page is
 * added; 16 chunks of 256 bytes of each that is measured are extended right after.
 */
void igvm_measure_tdx(const struct igvm_file *file, u32 mask, const struct igvm_stream *sha384);

/* The first context of the processor; false when the file has none for it. */
bool igvm_find_context(const struct igvm_file *file, u32 mask, u16 vp_index, struct igvm_vhs_vp_context *out);

/* How many processors there are, and the VMSA of one that the file has no context for. */
struct igvm_processors {
	u32 count;         /* 0: the contexts of the file as they come */
	struct span reset; /* a page */
};

/* The VMSA of a processor: its context's, else the reset state */
struct span igvm_processor_vmsa(const struct igvm_file *file, u32 mask, const struct igvm_processors *processors,
				u16 vp_index);

/*
 * SEV and SEV-ES: a SHA-256 of this stream (SEV API, LAUNCH_UPDATE_DATA and LAUNCH_UPDATE_VMSA): measured pages in file
 * order, then, with encrypted state, the VMSAs.
 */
void igvm_measure_sev(const struct igvm_file *file, u32 mask, const struct igvm_processors *processors,
		      const struct igvm_stream *sha256);

/*
 * SEV-SNP where the hypervisor makes one VMSA for each processor (KVM): pages in file order, then VMSAs by number, all at
 * the address of the file's first context.
 */
struct igvm_snp_launch {
	u32 mask;
	enum igvm_zero_pages zero_pages;
	struct igvm_processors processors;
};

void igvm_measure_snp_processors(const struct igvm_file *file, const struct igvm_snp_launch *launch,
				 const struct igvm_hash *hash, u8 digest[LAUNCH_DIGEST_SIZE]);

/* How much memory the error ranges of one platform may name together, so that a few headers cannot keep a measurer busy */
#define IGVM_VBS_MAX_ERROR_BYTES 0x10000000ULL

/*
 * VBS: chained SHA-256 over a chunk for each page and then each register. ERR_UNSUPPORTED: a page of another type than
 * normal, which VBS does not have. ERR_RANGE: more than IGVM_VBS_MAX_ERROR_BYTES of error ranges.
 */
err_t igvm_measure_vbs(const struct igvm_file *file, u32 mask, const struct igvm_hash *hash,
		       u8 digest[IGVM_SHA256_SIZE]);
