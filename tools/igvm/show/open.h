/* SPDX-License-Identifier: MIT */
/* What both commands need: one file name, and the file opened. */
#pragma once

#include "igvm/igvm.h"

/* Reads and checks an IGVM file; reports why not. */
bool show_open(const char *path, struct igvm_file *file);

/* What the launch digest of the file is; ERR_NOT_FOUND when it has no SNP platform. */
err_t show_measure(const struct igvm_file *file, enum igvm_zero_pages zero_pages, u8 digest[LAUNCH_DIGEST_SIZE]);

/* The digest as hexadecimal digits, without a newline. */
void show_digest(const u8 digest[LAUNCH_DIGEST_SIZE]);
