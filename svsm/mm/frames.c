/* SPDX-License-Identifier: MIT */
#include "mm/frames.h"

#include <copra/boot.h>
#include <copra/sev.h>

#include "base/align.h"
#include "base/mem.h"
#include "cpu/instructions.h"
#include "cpu/lock.h"
#include "dev/log.h"
#include "mm/own_map.h"
#include "platform/check.h"

#define FRAMES_MAX (BOOT_MAX_SIZE / PAGE_SIZE)

static struct spin_lock frames_lock = SPIN_LOCK_INIT;
static struct {
	u8 *start;
	u32 count;
	u32 free;
	u32 lowest; /* no frame below is free */
	u8 used[FRAMES_MAX];
} frames LOCK_GUARDS(frames_lock);

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
static void boundaries_keep(gpa_t start) LOCK_HELD(frames_lock)
{
	for (u32 i = 0; i < frames.count; i++) {
		if (is_aligned(start.raw + (u64)i * PAGE_SIZE, LARGE_PAGE_SIZE)) {
			frames.used[i] = 1;
			frames.free--;
		}
	}
}

static void frames_offer(gpa_t start, u32 pages) LOCK_HELD(frames_lock)
{
	frames.start = own_address(start);
	frames.count = pages;
	frames.free = pages;
	frames.lowest = 0;
	memset(frames.used, 0, sizeof(frames.used));
	boundaries_keep(start);
}

err_t frames_init(gpa_t start, u64 bytes)
{
	u64 pages = bytes / PAGE_SIZE;
	CHECK(pages <= FRAMES_MAX);
	if (pages == 0) {
		return ERR_OK;
	}
	enum err error = platform_page_state(start, pages, WINDOW_PRIVATE);
	u8 *first = own_address(start);
	for (u64 i = 0; error == ERR_OK && i < pages; i++) {
		error = page_validate(first + i * PAGE_SIZE);
	}
	if (error == ERR_OK) {
		spin_lock_take(&frames_lock);
		frames_offer(start, (u32)pages);
		spin_lock_release(&frames_lock);
	}
	return error;
}

/* Free frames in a row from `first`, counted no further than `wanted`. */
static u32 run_length(u32 first, u32 wanted) LOCK_HELD(frames_lock)
{
	u32 n = 0;
	while (n < wanted && first + n < frames.count && frames.used[first + n] == 0) {
		n++;
	}
	return n;
}

static void run_mark(u32 first, u32 pages, u8 used) LOCK_HELD(frames_lock)
{
	for (u32 i = 0; i < pages; i++) {
		CHECK(frames.used[first + i] != used);
		frames.used[first + i] = used;
	}
}

/* The first of `pages` frames in a row, from now on taken; frames.count when there are none. */
static u32 run_take(u32 pages) LOCK_HELD(frames_lock)
{
	u32 first = frames.lowest;
	u32 n = 0;
	while (first < frames.count && (n = run_length(first, pages)) < pages) {
		first += n + 1;
	}
	if (first >= frames.count) {
		return frames.count;
	}
	run_mark(first, pages, 1);
	frames.free -= pages;
	if (pages == 1) {
		frames.lowest = first + 1;
	}
	return first;
}

err_t frames_take(u32 pages, void **out)
{
	CHECK(pages > 0);
	spin_lock_take(&frames_lock);
	u32 first = run_take(pages);
	bool found = first < frames.count;
	if (found) {
		*out = frames.start + (u64)first * PAGE_SIZE;
	}
	spin_lock_release(&frames_lock);
	return found ? ERR_OK : ERR_NO_MEMORY;
}

/* A frame that the host has taken away stays taken for ever: what is there now must not be validated. False for such a one. */
static bool frame_return(u32 frame) LOCK_HELD(frames_lock)
{
	if (platform_clear(frames.start + (u64)frame * PAGE_SIZE, PAGE_4K) != ERR_OK) {
		return false;
	}
	run_mark(frame, 1, 0);
	frames.free++;
	return true;
}

/* Returns how many frames are lost. */
static u32 run_return(const void *start, u32 pages) LOCK_HELD(frames_lock)
{
	u64 offset = (u64)start - (u64)frames.start;
	u32 first = (u32)(offset / PAGE_SIZE);
	u32 lost = 0;
	CHECK(offset % PAGE_SIZE == 0 && offset / PAGE_SIZE + pages <= frames.count);
	for (u32 i = 0; i < pages; i++) {
		lost += frame_return(first + i) ? 0 : 1;
	}
	frames.lowest = first < frames.lowest ? first : frames.lowest;
	return lost;
}

void frames_return(void *first, u32 pages)
{
	spin_lock_take(&frames_lock);
	u32 lost = run_return(first, pages);
	spin_lock_release(&frames_lock);
	if (lost > 0) {
		log_error("memory: %u pages lost, the host has taken them away", lost);
	}
}

u64 frames_free_bytes(void)
{
	spin_lock_take(&frames_lock);
	u64 bytes = (u64)frames.free * PAGE_SIZE;
	spin_lock_release(&frames_lock);
	return bytes;
}
