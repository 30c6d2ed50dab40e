/* SPDX-License-Identifier: MIT */
/* What tests look at when all is over: the RMP, and memory of the guest's, whoever may read it. */
#include "end/dump.h"

#include <copra/sev.h>

#include "base/text.h"
#include "mm/memory.h"
#include "options.h"
#include "rmp/rmp.h"
#include "rmp/view.h"
#include "trace/trace.h"

#define LINE_BYTES 128U

/* Everything but the size: that is the host's business. */
static bool entries_equal(const struct rmp_entry *a, const struct rmp_entry *b)
{
	return a->assigned == b->assigned && a->validated == b->validated && a->vmsa == b->vmsa &&
	       a->permissions[0] == b->permissions[0] && a->permissions[1] == b->permissions[1] &&
	       a->permissions[2] == b->permissions[2];
}

static void rmp_write(u64 start, u64 end)
{
	const struct rmp_entry *entry = rmp_find(gpa(start));
	if (entry != NULL) {
		trace(TRACE_ALWAYS, NULL, "rmp",
		      "gpa=0x%lx pages=%lu assigned=%u validated=%u vmsa=%u vmpl1=%u vmpl2=%u vmpl3=%u", start,
		      (end - start) >> PAGE_SHIFT, entry->assigned, entry->validated, entry->vmsa,
		      entry->permissions[0], entry->permissions[1], entry->permissions[2]);
	}
}

/* One record for each run of equal entries. */
static void rmp_dump(u64 start, u64 end)
{
	u64 from = start;
	for (u64 page = start; page < end; page += PAGE_SIZE) {
		const struct rmp_entry *first = rmp_find(gpa(from));
		const struct rmp_entry *entry = rmp_find(gpa(page));
		bool same = first == entry || (first != NULL && entry != NULL && entries_equal(first, entry));
		if (!same) {
			rmp_write(from, page);
			from = page;
		}
	}
	rmp_write(from, end);
}

/* Lines of zeros are left out. */
static void line_dump(u64 address, const u8 *bytes)
{
	char digits[2 * LINE_BYTES];
	struct text text = text_of(digits, sizeof(digits));
	u8 any = 0;
	for (u32 i = 0; i < LINE_BYTES; i++) {
		any |= bytes[i];
		text_format(&text, "%02x", bytes[i]);
	}
	if (any != 0) {
		trace(TRACE_ALWAYS, NULL, "memory", "gpa=0x%lx bytes=%.*s", address, (int)text.n, digits);
	}
}

static void page_dump(u64 page)
{
	const u8 *bytes = memory_page(gpa(page));
	for (u32 offset = 0; bytes != NULL && offset < PAGE_SIZE; offset += LINE_BYTES) {
		line_dump(page + offset, bytes + offset);
	}
}

void dump_write(void)
{
	const struct options *options = options_get();
	u32 count;
	if (options->dump_size == 0) {
		return;
	}
	const struct memory_range *ranges = memory_ranges(&count);
	for (u32 i = 0; i < count; i++) {
		rmp_dump(ranges[i].start, ranges[i].start + ranges[i].size);
	}
	rmp_dump(MEMORY_WINDOW_START, MEMORY_WINDOW_START + MEMORY_WINDOW_SIZE);
	for (u64 page = options->dump_start; page < options->dump_start + options->dump_size; page += PAGE_SIZE) {
		page_dump(page);
	}
}
