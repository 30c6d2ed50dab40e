/* SPDX-License-Identifier: MIT */
#include "build/guest_places.h"
#include "build/parts.h"
#include "host/file.h"
#include "host/report.h"

bool build_program(struct image *image, const struct build_options *options)
{
	struct boot_guest *guest = &image->layout.guest;
	struct span program;
	if (!file_read(options->program, "program", &program)) {
		return false;
	}
	if (program.n == 0 || program.n > options->memory_minimum ||
	    BOOT_PROGRAM_ADDRESS > options->memory_minimum - program.n) {
		return report("program %s: %zu bytes do not fit between 0x%llx and --memory-minimum", options->program,
			      program.n, BOOT_PROGRAM_ADDRESS);
	}
	guest->kind = BOOT_GUEST_PROGRAM;
	guest->entry = BOOT_PROGRAM_ADDRESS;
	image_add_bytes(image, BOOT_PROGRAM_ADDRESS, program);
	image_add_zeros(image, PLACE_BOOT_PARAMS, PAGE_SIZE);
	return build_guest_pages(image) &&
	       build_loaded_range(image, PLACE_BOOT_PARAMS, PAGE_SIZE, E820_RAM, "boot parameters") &&
	       build_loaded_range(image, BOOT_PROGRAM_ADDRESS, program.n, E820_RAM, "program");
}
