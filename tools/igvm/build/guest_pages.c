/* SPDX-License-Identifier: MIT */
#include "base/align.h"
#include "build/guest_places.h"
#include "build/parts.h"

bool build_guest_pages(struct image *image)
{
	struct boot_guest *guest = &image->layout.guest;
	const struct boot_range special = {
		.gpa = PLACE_GUEST_SECRETS,
		.size = PLACE_GUEST_TABLES - PLACE_GUEST_SECRETS,
		.kind = BOOT_RANGE_ZERO,
		.e820 = E820_RESERVED,
	};
	const struct boot_range tables = {
		.gpa = PLACE_GUEST_TABLES,
		.size = PLACE_GUEST_STACK_END - PLACE_GUEST_TABLES,
		.kind = BOOT_RANGE_ZERO,
		.e820 = E820_RAM,
	};
	guest->secrets = PLACE_GUEST_SECRETS;
	guest->cpuid = PLACE_GUEST_CPUID;
	guest->calling_area = PLACE_CALLING_AREA;
	guest->boot_params = PLACE_BOOT_PARAMS;
	guest->page_tables = PLACE_GUEST_TABLES;
	guest->stack = PLACE_GUEST_STACK_END;
	return image_add_range(image, &special, "secrets, CPUID and calling area") &&
	       image_add_range(image, &tables, "page tables and stack");
}

bool build_loaded_range(struct image *image, u64 gpa, u64 size, u32 e820, const char *what)
{
	const struct boot_range range = {
		.gpa = gpa,
		.size = align_down(size + PAGE_SIZE - 1, PAGE_SIZE),
		.kind = BOOT_RANGE_LOADED,
		.e820 = e820,
	};
	return image_add_range(image, &range, what);
}
