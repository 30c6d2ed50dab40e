/* SPDX-License-Identifier: MIT */
#include "boot/layout.h"

#include "base/align.h"
#include "base/range.h"

#define WINDOW_SPAN (64ULL << 20)
#define FOUR_GIB (1ULL << 32)
#define IDENTITY_TABLE_PAGES 6U
#define GUEST_ADDRESS_LIMIT (1ULL << 51)

struct check {
	const struct boot_layout *layout;
	const char *what; /* the first field that is wrong, NULL while all are right */
	enum err error;
};

static void expect(struct check *check, bool good, enum err error, const char *what)
{
	if (!good && check->what == NULL) {
		check->what = what;
		check->error = error;
	}
}

/* A page or more of the SVSM's own memory, loaded by the launch, that is below the heap. */
static void expect_own(struct check *check, u64 address, u64 pages, const char *what)
{
	const struct boot_layout *layout = check->layout;
	expect(check, is_aligned(address, PAGE_SIZE), ERR_INPUT, what);
	expect(check, pages <= BOOT_MAX_SIZE / PAGE_SIZE, ERR_RANGE, what);
	if (check->what == NULL) {
		expect(check, range_within(address, pages * PAGE_SIZE, layout->base, layout->heap - layout->base),
		       ERR_RANGE, what);
	}
}

static void check_memory(struct check *check)
{
	const struct boot_layout *layout = check->layout;
	expect(check, is_aligned(layout->base, LARGE_PAGE_SIZE), ERR_INPUT, "base");
	expect(check, is_aligned(layout->size, LARGE_PAGE_SIZE) && layout->size != 0, ERR_INPUT, "size");
	expect(check, layout->size <= BOOT_MAX_SIZE, ERR_RANGE, "size");
	expect(check, range_within(layout->base, layout->size, 0, FOUR_GIB), ERR_RANGE, "base");
	expect(check, layout->virtual_base == BOOT_VIRTUAL_BASE, ERR_INPUT, "virtual_base");
	expect(check, is_aligned(layout->heap, PAGE_SIZE) && is_aligned(layout->heap_size, PAGE_SIZE), ERR_INPUT,
	       "heap");
	expect(check, range_within(layout->heap, layout->heap_size, layout->base, layout->size), ERR_RANGE, "heap");
}

static void check_service(struct check *check)
{
	const struct boot_layout *layout = check->layout;
	u64 bytes = 0;
	if (layout->service == 0) {
		expect(check, layout->service_bytes == 0, ERR_INPUT, "service_bytes");
		return;
	}
	expect(check, align_up(layout->service_bytes, PAGE_SIZE, &bytes) && bytes != 0, ERR_RANGE, "service_bytes");
	expect_own(check, layout->service, bytes / PAGE_SIZE, "service");
}

static void check_pages(struct check *check, u64 at)
{
	const struct boot_layout *layout = check->layout;
	expect_own(check, at, 1, "the page itself");
	expect_own(check, align_down(layout->entry, PAGE_SIZE), 1, "entry");
	expect(check, layout->page_table_pages != 0, ERR_INPUT, "page_table_pages");
	expect_own(check, layout->page_tables, layout->page_table_pages, "page_tables");
	expect_own(check, layout->window_table, 1, "window_table");
	expect_own(check, layout->window_directory, 1, "window_directory");
	expect_own(check, layout->cpuid, 1, "cpuid");
	expect_own(check, layout->secrets, 1, "secrets");
	expect_own(check, layout->host_info, 1, "host_info");
	u64 map_bytes = 0;
	expect(check, align_up(layout->memory_map_bytes, PAGE_SIZE, &map_bytes), ERR_RANGE, "memory_map_bytes");
	expect_own(check, layout->memory_map, map_bytes / PAGE_SIZE, "memory_map");
	expect(check, is_aligned(layout->window_base, LARGE_PAGE_SIZE), ERR_INPUT, "window_base");
	/* All 2 MiB slots in one page directory. */
	expect(check, layout->window_base % (1ULL << 30) + WINDOW_SPAN <= 1ULL << 30, ERR_RANGE, "window_base");
	expect(check, layout->window_base >= 0xFFFF800000000000ULL, ERR_RANGE, "window_base");
}

static void check_range(struct check *check, const struct boot_range *range)
{
	const struct boot_layout *layout = check->layout;
	expect(check, is_aligned(range->gpa, PAGE_SIZE) && is_aligned(range->size, PAGE_SIZE) && range->size != 0,
	       ERR_INPUT, "guest range");
	expect(check, range->kind == BOOT_RANGE_LOADED || range->kind == BOOT_RANGE_ZERO, ERR_INPUT,
	       "guest range kind");
	expect(check, range_within(range->gpa, range->size, 0, GUEST_ADDRESS_LIMIT), ERR_RANGE, "guest range");
	if (check->what == NULL) {
		expect(check, !range_overlaps(range->gpa, range->size, layout->base, layout->size), ERR_RANGE,
		       "guest range in the SVSM's memory");
	}
}

static void check_ranges(struct check *check)
{
	const struct boot_guest *guest = &check->layout->guest;
	expect(check, guest->range_count <= BOOT_MAX_RANGES, ERR_RANGE, "range_count");
	if (check->what != NULL) {
		return;
	}
	for (u32 i = 0; i < guest->range_count; i++) {
		check_range(check, &guest->ranges[i]);
	}
	for (u32 i = 0; i < guest->range_count && check->what == NULL; i++) {
		for (u32 j = 0; j < i; j++) {
			bool overlap = range_overlaps(guest->ranges[i].gpa, guest->ranges[i].size, guest->ranges[j].gpa,
						      guest->ranges[j].size);
			expect(check, !overlap, ERR_RANGE, "guest ranges overlap");
		}
	}
}

/* Bytes of the guest's that the SVSM writes: inside one range. */
static void expect_guest(struct check *check, u64 address, u64 size, const char *what)
{
	const struct boot_guest *guest = &check->layout->guest;
	bool found = false;
	for (u32 i = 0; i < guest->range_count && i < BOOT_MAX_RANGES; i++) {
		found = found || range_within(address, size, guest->ranges[i].gpa, guest->ranges[i].size);
	}
	expect(check, found, ERR_RANGE, what);
}

static void expect_guest_page(struct check *check, u64 address, u64 pages, const char *what)
{
	expect(check, is_aligned(address, PAGE_SIZE), ERR_INPUT, what);
	expect_guest(check, address, pages * PAGE_SIZE, what);
}

static void check_guest_kind(struct check *check)
{
	const struct boot_guest *guest = &check->layout->guest;
	if (guest->kind == BOOT_GUEST_FIRMWARE) {
		if (guest->memory_map != 0) {
			expect_guest(check, guest->memory_map, guest->memory_map_bytes, "guest memory_map");
		}
		if (guest->vp_count != 0) {
			expect_guest(check, guest->vp_count, sizeof(u32), "guest vp_count");
		}
		return;
	}
	expect(check, guest->kind == BOOT_GUEST_LINUX || guest->kind == BOOT_GUEST_PROGRAM, ERR_INPUT, "guest kind");
	expect_guest_page(check, guest->page_tables, IDENTITY_TABLE_PAGES, "guest page_tables");
	expect_guest(check, guest->entry, 1, "guest entry");
	if (guest->kind == BOOT_GUEST_LINUX) {
		expect_guest_page(check, guest->boot_params, 1, "guest boot_params");
	}
}

static void check_guest(struct check *check)
{
	const struct boot_guest *guest = &check->layout->guest;
	if (guest->kind == BOOT_GUEST_NONE) {
		return;
	}
	expect(check, guest->vmpl >= 1 && guest->vmpl <= 3, ERR_INPUT, "guest vmpl");
	expect(check, guest->reserved_034 == 0 && guest->reserved_064 == 0, ERR_INPUT, "guest reserved fields");
	check_ranges(check);
	expect_guest_page(check, guest->calling_area, 1, "guest calling_area");
	expect_guest_page(check, guest->secrets, 1, "guest secrets");
	expect_guest_page(check, guest->cpuid, 1, "guest cpuid");
	check_guest_kind(check);
}

err_t layout_check(const struct boot_layout *layout, u64 at, const char **what)
{
	struct check check = {.layout = layout};
	expect(&check, layout->magic == BOOT_MAGIC, ERR_INPUT, "magic");
	expect(&check, layout->version == BOOT_VERSION, ERR_INPUT, "version");
	expect(&check, (layout->flags & ~BOOT_FLAG_DEBUG) == 0, ERR_INPUT, "flags");
	expect(&check, layout->serial_port <= UINT16_MAX, ERR_INPUT, "serial_port");
	expect(&check, layout->max_vcpus != 0, ERR_INPUT, "max_vcpus");
	expect(&check, layout->max_vcpus <= BOOT_MAX_CPUS, ERR_RANGE, "max_vcpus");
	for (size_t i = 0; i < sizeof(layout->reserved) / sizeof(layout->reserved[0]); i++) {
		expect(&check, layout->reserved[i] == 0, ERR_INPUT, "reserved");
	}
	check_memory(&check);
	if (check.what == NULL) {
		check_pages(&check, at);
		check_service(&check);
		check_guest(&check);
	}
	*what = check.what;
	return check.what == NULL ? ERR_OK : check.error;
}
