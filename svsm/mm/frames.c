/* SPDX-License-Identifier: MIT */
#include "mm/frames.h"

#include <copra/boot.h>
#include <copra/sev.h>

#include "base/align.h"
#include "cpu/instructions.h"
#include "mm/own_map.h"
#include "platform/check.h"

#define FRAMES_MAX (BOOT_MAX_SIZE / PAGE_SIZE)

static struct {
	u8 *start;
	u32 count;
	u32 free;
	u8 used[FRAMES_MAX];
} frames;

/* A page that is validated already is one that the host has put there a second time: SVSM heap pages are validated once. */
static err_t page_validate(void *page)
{
	struct validate_result result = platform_validate(page, PAGE_4K, true);
	if (result.code != RMP_SUCCESS || result.unchanged) {
		return ERR_HARDWARE;
	}
	bytes_zero(page, PAGE_SIZE);
	return ERR_OK;
}

/* No frame lies at a 2 MiB boundary: hosts refuse VMSAs there (an erratum of Zen 3 and 4, Linux arch/x86/kvm/svm/sev.c). */
static void boundaries_keep(gpa_t start)
{
	for (u32 i = 0; i < frames.count; i++) {
		if (is_aligned(start.raw + (u64)i * PAGE_SIZE, LARGE_PAGE_SIZE)) {
			frames.used[i] = 1;
			frames.free--;
		}
	}
}

err_t frames_init(gpa_t start, u64 bytes)
{
	u64 pages = bytes / PAGE_SIZE;
	CHECK(pages <= FRAMES_MAX);
	if (pages == 0) {
		return ERR_OK;
	}
	enum err error = platform_page_state(start, pages, WINDOW_PRIVATE);
	if (error != ERR_OK) {
		return error;
	}
	frames.start = own_address(start);
	for (u64 i = 0; i < pages; i++) {
		error = page_validate(frames.start + i * PAGE_SIZE);
		if (error != ERR_OK) {
			return error;
		}
	}
	frames.count = (u32)pages;
	frames.free = frames.count;
	boundaries_keep(start);
	return ERR_OK;
}

/* Free frames in a row from `first`, counted no further than `wanted`. */
static u32 run_length(u32 first, u32 wanted)
{
	u32 n = 0;
	while (n < wanted && first + n < frames.count && frames.used[first + n] == 0) {
		n++;
	}
	return n;
}

static void run_mark(u32 first, u32 pages, u8 used)
{
	for (u32 i = 0; i < pages; i++) {
		CHECK(frames.used[first + i] != used);
		frames.used[first + i] = used;
	}
}

err_t frames_take(u32 pages, void **out)
{
	CHECK(pages > 0);
	for (u32 first = 0; first < frames.count;) {
		u32 n = run_length(first, pages);
		if (n == pages) {
			run_mark(first, pages, 1);
			frames.free -= pages;
			*out = frames.start + (u64)first * PAGE_SIZE;
			return ERR_OK;
		}
		first += n + 1;
	}
	return ERR_NO_MEMORY;
}

void frames_return(void *first, u32 pages)
{
	u64 offset = (u64)first - (u64)frames.start;
	CHECK(offset % PAGE_SIZE == 0 && offset / PAGE_SIZE + pages <= frames.count);
	bytes_zero(first, (u64)pages * PAGE_SIZE);
	run_mark((u32)(offset / PAGE_SIZE), pages, 0);
	frames.free += pages;
}

u64 frames_free_bytes(void)
{
	return (u64)frames.free * PAGE_SIZE;
}
