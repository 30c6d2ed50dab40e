/* SPDX-License-Identifier: MIT */
/* Stands in for mm/frames.c where a test wants to know, and to limit, how many frames are out. One thread. */
#include "mm/frames.h"

#include <string.h>

#include "task/task_model.h"
#include "unit.h"

static bool run_is_free(u32 first, u32 pages)
{
	for (u32 i = 0; i < pages; i++) {
		if (first + i >= MODEL_FRAMES || model.frames_taken[first + i]) {
			return false;
		}
	}
	return true;
}

enum err frames_take(u32 pages, void **out)
{
	for (u32 first = 0; first < MODEL_FRAMES && model.frames_used + pages <= model.frames_limit; first++) {
		if (run_is_free(first, pages)) {
			memset(&model.frames_taken[first], true, pages);
			model.frames_used += pages;
			*out = model_memory[first];
			return ERR_OK;
		}
	}
	return ERR_NO_MEMORY;
}

void frames_return(void *first, u32 pages)
{
	size_t index = (size_t)((u8 *)first - (u8 *)model_memory) / PAGE_SIZE;
	for (u32 i = 0; i < pages; i++) {
		assert_true(model.frames_taken[index + i]);
		model.frames_taken[index + i] = false;
	}
	memset(first, 0, (size_t)pages * PAGE_SIZE);
	model.frames_used -= pages;
}
