/* SPDX-License-Identifier: MIT */
/* Whole files in and out. Errors are reported here. */
#pragma once

#include "base/span.h"

/* Reads a file of at most 4 GiB - 1 bytes. what: what it is to the user, "firmware image". */
bool file_read(const char *path, const char *what, struct span *bytes);

/*
 * The same without reading more than is looked at: the bytes are the file's own, and live until the program ends. When
 * the file becomes shorter meanwhile the program ends with a message. Files that cannot be mapped are read.
 */
bool file_map(const char *path, const char *what, struct span *bytes);

/* Makes the first n bytes of a mapped file our own: who writes to the file then does not change them. */
void file_keep(struct span bytes, size_t n);

/* Writes beside the target and renames, so that a failure leaves the old file; a device or pipe is written in place. */
bool file_write(const char *path, struct span bytes);
