/* SPDX-License-Identifier: MIT */
/* layout_check: one good page, and every field of it spoilt in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "boot/layout.h"

#define BASE BOOT_DEFAULT_BASE

static struct boot_layout good_layout(void)
{
	struct boot_layout layout = {
		.magic = BOOT_MAGIC,
		.version = BOOT_VERSION,
		.base = BASE,
		.size = BOOT_DEFAULT_SIZE,
		.virtual_base = BOOT_VIRTUAL_BASE,
		.entry = BASE + 0x10000,
		.page_tables = BASE + 0x5000,
		.page_table_pages = 9,
		.window_base = BOOT_WINDOW_BASE,
		.window_table = BASE + 0x9000,
		.window_directory = BASE + 0x8000,
		.cpuid = BASE + 0x1000,
		.secrets = BASE + 0x2000,
		.memory_map = BASE + 0x3000,
		.memory_map_bytes = PAGE_SIZE,
		.host_info = BASE + 0x4000,
		.heap = BASE + 0x40000,
		.heap_size = BOOT_DEFAULT_SIZE - 0x40000,
		.service = BASE + 0x30000,
		.service_bytes = 0x1800,
		.serial_port = 0x2F8,
		.max_vcpus = 1,
		.guest =
			{
				.kind = BOOT_GUEST_LINUX,
				.vmpl = 2,
				.sev_features = 1,
				.secrets = 0x80D000,
				.cpuid = 0x80E000,
				.calling_area = 0x80F000,
				.entry = 0x1000200,
				.boot_params = 0x800000,
				.page_tables = 0x810000,
				.range_count = 3,
				.ranges =
					{
						{.gpa = 0x800000,
						 .size = 0x3000,
						 .kind = BOOT_RANGE_LOADED,
						 .e820 = E820_RAM},
						{.gpa = 0x80D000,
						 .size = 0x9000,
						 .kind = BOOT_RANGE_ZERO,
						 .e820 = E820_RESERVED},
						{.gpa = 0x1000000,
						 .size = 0x100000,
						 .kind = BOOT_RANGE_LOADED,
						 .e820 = E820_RAM},
					},
			},
	};
	return layout;
}

static void refuses(const struct boot_layout *layout, enum err error)
{
	const char *what = NULL;
	assert_int_equal(layout_check(layout, BASE, &what), error);
	assert_non_null(what);
}

static void accepts_good(void **state)
{
	const char *what = "";
	struct boot_layout layout = good_layout();
	assert_int_equal(layout_check(&layout, BASE, &what), ERR_OK);
	assert_null(what);
	layout.guest = (struct boot_guest){.kind = BOOT_GUEST_NONE};
	assert_int_equal(layout_check(&layout, BASE, &what), ERR_OK);
	layout = good_layout();
	layout.guest.kind = BOOT_GUEST_FIRMWARE;
	layout.guest.memory_map = 0x811000;
	layout.guest.memory_map_bytes = 0xC0;
	layout.guest.vp_count = 0x8110C0;
	assert_int_equal(layout_check(&layout, BASE, &what), ERR_OK);
}

struct spoilt {
	size_t offset;
	u64 value;
	enum err error;
};
#define SPOIL(field, value, error) \
	{ \
		offsetof(struct boot_layout, field), value, error \
	}

static void refuses_spoilt(void **state)
{
	static const struct spoilt cases[] = {
		SPOIL(magic, 1, ERR_INPUT),
		SPOIL(base, BASE + PAGE_SIZE, ERR_INPUT),
		SPOIL(base, 1ULL << 40, ERR_RANGE),
		SPOIL(base, 0 - (u64)LARGE_PAGE_SIZE, ERR_RANGE),
		SPOIL(size, 0, ERR_INPUT),
		SPOIL(size, BOOT_MAX_SIZE + LARGE_PAGE_SIZE, ERR_RANGE),
		SPOIL(virtual_base, 0, ERR_INPUT),
		SPOIL(entry, BASE + BOOT_DEFAULT_SIZE, ERR_RANGE),
		SPOIL(page_tables, BASE + 1, ERR_INPUT),
		SPOIL(page_tables, 0, ERR_RANGE),
		SPOIL(page_table_pages, 0, ERR_INPUT),
		SPOIL(page_table_pages, 1ULL << 60, ERR_RANGE),
		SPOIL(page_table_pages, 0x3C, ERR_RANGE),
		SPOIL(window_base, BOOT_WINDOW_BASE + PAGE_SIZE, ERR_INPUT),
		SPOIL(window_base, BOOT_WINDOW_BASE + 0x3FE00000, ERR_RANGE),
		SPOIL(window_base, 0x40000000, ERR_RANGE),
		SPOIL(window_table, BASE - PAGE_SIZE, ERR_RANGE),
		SPOIL(window_directory, BASE + 0x40000, ERR_RANGE),
		SPOIL(cpuid, 0, ERR_RANGE),
		SPOIL(secrets, BASE + 0x2010, ERR_INPUT),
		SPOIL(memory_map, 0, ERR_RANGE),
		SPOIL(memory_map_bytes, UINT64_MAX, ERR_RANGE),
		SPOIL(memory_map_bytes, 0x100000, ERR_RANGE),
		SPOIL(host_info, 0, ERR_RANGE),
		SPOIL(heap, BASE + 0x40001, ERR_INPUT),
		SPOIL(heap_size, BOOT_DEFAULT_SIZE, ERR_RANGE),
		SPOIL(reserved[1], 1, ERR_INPUT),
		SPOIL(service, BASE + 0x20001, ERR_INPUT),
		SPOIL(service, BASE + 0x3F000, ERR_RANGE),
		SPOIL(service, BASE - PAGE_SIZE, ERR_RANGE),
		SPOIL(service, 0, ERR_INPUT),
		SPOIL(service_bytes, 0, ERR_RANGE),
		SPOIL(service_bytes, UINT64_MAX, ERR_RANGE),
		SPOIL(guest.secrets, 0x80D001, ERR_INPUT),
		SPOIL(guest.cpuid, 0x900000, ERR_RANGE),
		SPOIL(guest.calling_area, 0, ERR_RANGE),
		SPOIL(guest.entry, 0x2000000, ERR_RANGE),
		SPOIL(guest.boot_params, 0x803000, ERR_RANGE),
		SPOIL(guest.page_tables, 0x811000, ERR_RANGE),
		SPOIL(guest.ranges[0].gpa, 0x800800, ERR_INPUT),
		SPOIL(guest.ranges[0].size, 0, ERR_INPUT),
		SPOIL(guest.ranges[0].size, 0x10000, ERR_RANGE),
		SPOIL(guest.ranges[0].gpa, 1ULL << 51, ERR_RANGE),
		SPOIL(guest.ranges[2].gpa, BASE, ERR_RANGE),
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct boot_layout layout = good_layout();
		memcpy((u8 *)&layout + cases[i].offset, &cases[i].value, sizeof(u64));
		refuses(&layout, cases[i].error);
	}
}

static void refuses_small_fields(void **state)
{
	struct boot_layout layout = good_layout();
	layout.version = 2;
	refuses(&layout, ERR_INPUT);
	layout = good_layout();
	layout.flags = 2;
	refuses(&layout, ERR_INPUT);
	layout = good_layout();
	layout.max_vcpus = 0;
	refuses(&layout, ERR_INPUT);
	layout = good_layout();
	layout.max_vcpus = BOOT_MAX_CPUS + 1;
	refuses(&layout, ERR_RANGE);
	layout = good_layout();
	layout.serial_port = 0x10000;
	refuses(&layout, ERR_INPUT);
	layout = good_layout();
	layout.guest.vmpl = 0;
	refuses(&layout, ERR_INPUT);
	layout.guest.vmpl = 4;
	refuses(&layout, ERR_INPUT);
	layout = good_layout();
	layout.guest.kind = 9;
	refuses(&layout, ERR_INPUT);
	layout = good_layout();
	layout.guest.range_count = BOOT_MAX_RANGES + 1;
	refuses(&layout, ERR_RANGE);
	layout = good_layout();
	layout.guest.ranges[1].kind = 0;
	refuses(&layout, ERR_INPUT);
}

static void refuses_own_address(void **state)
{
	const char *what = NULL;
	struct boot_layout layout = good_layout();
	assert_int_equal(layout_check(&layout, BASE + 8, &what), ERR_INPUT);
	assert_int_equal(layout_check(&layout, BASE - PAGE_SIZE, &what), ERR_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_good),
		cmocka_unit_test(refuses_spoilt),
		cmocka_unit_test(refuses_small_fields),
		cmocka_unit_test(refuses_own_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
