/* SPDX-License-Identifier: MIT */
/* The one place where errors become results. */
#pragma once

#include <copra/types.h>

#include "base/err.h"

/* code is what PVALIDATE or RMPADJUST said, for ERR_HARDWARE. */
u64 core_result(enum err error, u32 code);
