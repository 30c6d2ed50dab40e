/* SPDX-License-Identifier: MIT */
/* The guest's memory as the file lays it out. */
#pragma once

#include "igvm/igvm.h"

/* Draws the map of each platform. */
void show_map(const struct igvm_file *file);

/* Writes the bytes of [start, end), zeros where the file gives none, to a file; false after a message. */
bool show_extract(const struct igvm_file *file, u64 start, u64 end, const char *output);
