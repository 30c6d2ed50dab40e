/* SPDX-License-Identifier: MIT */
/* Where the kernel was when it failed. */
#pragma once

#include <copra/types.h>

/* Logs the code address and the return addresses along the frame pointers, as offsets into the image. */
void stack_trace_log(u64 code, u64 frame);
