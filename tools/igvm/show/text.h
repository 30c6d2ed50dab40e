/* SPDX-License-Identifier: MIT */
/* The whole file, for people and for programs. */
#pragma once

#include "igvm/igvm.h"

/* Every header, then the memory map. all: a line for each page; else one for pages that follow each other */
void show_text(const struct igvm_file *file, bool all);

/* Every header, as a JSON object */
void show_json(const struct igvm_file *file);
