/* SPDX-License-Identifier: MIT */
/* A small executable: a page of headers and code, a page and two of zeros of data. */
#pragma once

#include "base/span.h"

#define TASK_FILE_BASE 0x400000ULL
#define TASK_FILE_ENTRY (TASK_FILE_BASE + 0x200)
#define TASK_FILE_DATA (TASK_FILE_BASE + 0x1008)
#define TASK_FILE_PAGES 2U
#define TASK_FILE_SIZE (PAGE_SIZE + 0x10U)

enum task_file_flaw {
	TASK_FILE_GOOD,
	TASK_FILE_NOT_ELF,
	TASK_FILE_WRITABLE_CODE,
	TASK_FILE_TOO_HIGH,
	TASK_FILE_LOW,
	TASK_FILE_SHIFTED, /* not at the same place of a page in file and memory */
	TASK_FILE_ZEROS_IN_CODE,
	TASK_FILE_TOO_LARGE,
	TASK_FILE_SHARED_PAGE, /* of code and data */
};

/* In TASK_FILE_PAGES of the model's frames. */
struct span task_file(enum task_file_flaw flaw);
/* Makes it anew, in place. */
void task_file_spoil(u8 *bytes, enum task_file_flaw flaw);
