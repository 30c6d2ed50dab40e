/* SPDX-License-Identifier: MIT */
/* Firmware that comes as an IGVM file: a flat image, page by page, and what it wants filled, which its metadata says too. */
#pragma once

#include "base/span.h"
#include "input/firmware.h"

bool firmware_is_igvm(struct span file);

/*
 * Writes the flat image, the pages for SEV-SNP right below 4 GiB, to the end of room (FIRMWARE_MAX_SIZE bytes, all zero);
 * *image is there. On error nothing is written. ERR_INPUT, ERR_RANGE and what igvm_open answers, with *what (may not be NULL) saying why.
 */
err_t firmware_unwrap(struct span file, u8 *room, struct span *image, const char **what);
