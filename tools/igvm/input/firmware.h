/* SPDX-License-Identifier: MIT */
/*
 * Reads what an OVMF image says about itself: the GUIDed table at its end, the SEV metadata and the IGVM metadata that the
 * table points to (edk2, OvmfPkg/ResetVector). Allocates nothing.
 */
#pragma once

#include "base/span.h"

#define FIRMWARE_MAX_SECTIONS 24U
#define FIRMWARE_MAX_SIZE 0x1000000U /* 16 MiB below 4 GiB */

enum firmware_section_type {
	FIRMWARE_MEMORY = 1,
	FIRMWARE_SECRETS = 2,
	FIRMWARE_CPUID = 3,
	FIRMWARE_CALLING_AREA = 4,
	FIRMWARE_KERNEL_HASHES = 0x10,
};

struct firmware_section {
	u32 gpa;  /* 4 KiB aligned */
	u32 size; /* 4 KiB multiple, not 0 */
	u32 type; /* enum firmware_section_type */
};

struct firmware {
	u64 gpa; /* of its first byte; it ends at 4 GiB */
	u64 size;
	u32 section_count;
	struct firmware_section sections[FIRMWARE_MAX_SECTIONS];
	u32 secrets, cpuid, calling_area; /* GPAs, one page each */

	/* From the IGVM metadata, 0 when it wants nothing. */
	u64 memory_map;
	u32 memory_map_bytes;
	u64 vp_count;
};

/* *what (may be NULL) says why not. ERR_INPUT, ERR_TRUNCATED, ERR_RANGE, ERR_UNSUPPORTED; ERR_NOT_FOUND: no SEV metadata. */
err_t firmware_open(struct span image, struct firmware *firmware, const char **what);
