/* SPDX-License-Identifier: MIT */
#include "mm/own_memory.h"

#include "base/addr.h"
#include "base/mem.h"
#include "x86/lock.h"

static struct {
	u64 image;
	u64 next; /* the next free page */
	u64 end;
	struct lock lock;
} own;

void own_memory_setup(u64 image, u64 next, u64 end)
{
	own.image = image;
	own.next = next;
	own.end = end;
}

void *memory_own_pages(u64 pages)
{
	void *result = NULL;
	lock_take(&own.lock);
	if (pages <= (own.end - own.next) / PAGE_SIZE) {
		result = own_pointer(own.next);
		own.next += pages * PAGE_SIZE;
	}
	lock_release(&own.lock);
	if (result != NULL) {
		memset(result, 0, pages * PAGE_SIZE);
	}
	return result;
}

u64 memory_own_left(void)
{
	return own.end - own.next;
}

u64 memory_own_physical(const void *p)
{
	u64 address = (u64)p;
	return address >= IMAGE_VIRTUAL ? address - IMAGE_VIRTUAL + own.image : address - DIRECT_VIRTUAL;
}
