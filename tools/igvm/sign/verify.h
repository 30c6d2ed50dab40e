/* SPDX-License-Identifier: MIT */
#pragma once

#include "igvm/igvm.h"

/* Whether the ID block of SEV-SNP is the file's, and its signatures are good; says so. path is for messages. */
bool verify_file(const struct igvm_file *file, enum igvm_zero_pages zero_pages, const char *path);
