/* SPDX-License-Identifier: MIT */
/* The executable of the SVSM's ring-3 services, in the SVSM's own memory. */
#pragma once

#include "build/image.h"

/* Reads it and checks that it is an executable that the SVSM can load. Reports errors. */
bool service_read(const char *path, struct span *file);
/* Enters the file's pages from *end on, which becomes the first page behind them. */
bool service_add(struct image *image, struct span file, u64 *end);
