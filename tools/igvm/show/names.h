/* SPDX-License-Identifier: MIT */
/* The format's own words for its numbers; "unknown" for others. */
#pragma once

#include <copra/types.h>

const char *name_of_header(u32 type);
const char *name_of_platform(u8 type);
const char *name_of_page(u16 data_type);

/* Of enum igvm_zero_pages, ended by NULL */
extern const char *const zero_page_names[];
