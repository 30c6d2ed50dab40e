/* SPDX-License-Identifier: MIT */
#include "input/firmware.h"

#include "build/parts.h"
#include "host/file.h"
#include "host/report.h"
#include "input/firmware_igvm.h"

static bool add_sections(struct image *image, const struct firmware *firmware)
{
	for (u32 i = 0; i < firmware->section_count; i++) {
		const struct boot_range range = {
			.gpa = firmware->sections[i].gpa,
			.size = firmware->sections[i].size,
			.kind = BOOT_RANGE_ZERO,
			.e820 = E820_RAM,
		};
		if (!image_add_range(image, &range, "firmware section")) {
			return false;
		}
	}
	return true;
}

/* A flat image, as it is or out of an IGVM file */
static bool load_firmware(const char *path, struct span *bytes)
{
	const char *what;
	if (!file_read(path, "firmware", bytes)) {
		return false;
	}
	if (firmware_is_igvm(*bytes) && firmware_unwrap(*bytes, allocate(FIRMWARE_MAX_SIZE), bytes, &what) != ERR_OK) {
		return report("firmware %s: %s", path, what);
	}
	return true;
}

bool build_firmware(struct image *image, const struct build_options *options)
{
	struct boot_guest *guest = &image->layout.guest;
	struct firmware firmware;
	struct span bytes;
	const char *what;
	if (!load_firmware(options->firmware, &bytes)) {
		return false;
	}
	if (firmware_open(bytes, &firmware, &what) != ERR_OK) {
		return report("firmware %s: %s", options->firmware, what);
	}
	guest->kind = BOOT_GUEST_FIRMWARE;
	guest->secrets = firmware.secrets;
	guest->cpuid = firmware.cpuid;
	guest->calling_area = firmware.calling_area;
	guest->memory_map = firmware.memory_map;
	guest->memory_map_bytes = firmware.memory_map_bytes;
	guest->vp_count = firmware.vp_count;
	image_add_bytes(image, firmware.gpa, bytes);
	return add_sections(image, &firmware) &&
	       build_loaded_range(image, firmware.gpa, firmware.size, E820_RESERVED, "firmware");
}
