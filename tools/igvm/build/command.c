/* SPDX-License-Identifier: MIT */
#include "build/command.h"

#include <copra/sev.h>

#include <string.h>

#include "build/parts.h"
#include "host/report.h"

_Static_assert(sizeof(struct boot_layout) <= PAGE_SIZE, "the layout is one page");

static bool build_guest(struct image *image, const struct build_options *options)
{
	if (options->firmware != NULL) {
		return build_firmware(image, options);
	}
	if (options->linux_image != NULL) {
		return build_linux(image, options);
	}
	if (options->program != NULL) {
		return build_program(image, options);
	}
	image->layout.guest.kind = BOOT_GUEST_NONE;
	return true;
}

static bool build_image(struct image *image, const struct build_options *options)
{
	bool native = options->platform == BUILD_NATIVE;
	image->platform = native ? IGVM_PLATFORM_NATIVE : IGVM_PLATFORM_SEV_SNP;
	if (!build_kernel(image, options)) {
		return false;
	}
	image->policy = options->policy;
	image->layout.guest.vmpl = options->boot_vmpl;
	if (!native) {
		image->layout.guest.sev_features = SEV_FEATURE_SNP_ACTIVE;
	}
	if (!build_guest(image, options)) {
		return false;
	}
	if (native) {
		build_native_context(image);
	} else {
		build_vmsa(image, options->sev_features);
	}
	u8 *page = allocate(PAGE_SIZE);
	memcpy(page, &image->layout, sizeof(image->layout));
	image_add_bytes(image, image->layout.base, span_of(page, PAGE_SIZE));
	return image_write(image, options->output);
}

int build_command(int count, char **words)
{
	struct build_options options;
	struct image image = {0};
	int status;
	if (!build_options_read(count, words, &options, &status)) {
		return status;
	}
	return build_image(&image, &options) ? STATUS_OK : STATUS_FAILED;
}
