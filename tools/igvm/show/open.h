/* SPDX-License-Identifier: MIT */
/* What the commands need: one file name, and the file opened. */
#pragma once

#include "igvm/igvm.h"

/* The bytes of an IGVM file, whose headers nobody changes any more; reports why not. */
bool show_load(const char *path, struct span *bytes);

/* Loads and checks an IGVM file; reports why not. */
bool show_open(const char *path, struct igvm_file *file);

/* Mask of the platform; reports which ones the file is for when it is not among them. */
bool show_find_platform(const char *path, const struct igvm_file *file, u8 platform, u32 *mask);

/* The guest policy of the platform with this mask, ERR_NOT_FOUND when there is none; reports two that differ. */
err_t show_find_policy(const char *path, const struct igvm_file *file, u32 mask, u64 *policy);

/* The digest as hexadecimal digits, without a newline. */
void show_digest(const u8 *digest, size_t n);
