/* SPDX-License-Identifier: MIT */
/* What a header says, field by field. */
#pragma once

#include "igvm/igvm.h"
#include "show/fields.h"

void show_content(const struct igvm_file *file, const struct igvm_header *header, const struct fields *f);
