/* SPDX-License-Identifier: MIT */
#include "build/command.h"

#include <copra/sev.h>

#include <stdio.h>
#include <string.h>

#include "build/manifest.h"
#include "build/parts.h"
#include "host/report.h"

_Static_assert(sizeof(struct boot_layout) <= PAGE_SIZE, "the layout is one page");

static const char help[] =
	"Usage: igvm build [--manifest FILE] --kernel-image ELF --output FILE [OPTION]...\n"
	"Makes an IGVM file for SEV-SNP of the SVSM kernel and one guest, which is measured with it.\n"
	"\n"
	"The guest, at most one:\n"
	"  --firmware FD          an OVMF image with SEV metadata that knows of an SVSM\n"
	"  --linux BZIMAGE        a Linux kernel, started without firmware\n"
	"    --initrd FILE          its initial RAM disk\n"
	"    --append TEXT          its command line\n"
	"  --program FILE         a flat 64-bit test program, loaded at 16 MiB\n"
	"\n"
	"Options; numbers may be hexadecimal (0x...) and end with K, M or G:\n"
	"  --cpus N               how many processors the guest may have (1)\n"
	"  --memory-minimum SIZE  guest memory that --linux may count on (256M)\n"
	"  --boot-vmpl N          privilege level of the guest, 1 to 3 (2)\n"
	"  --base ADDRESS         the SVSM's memory, 2 MiB aligned, below 4 GiB (0xFF000000)\n"
	"  --size SIZE            how much of it, a multiple of 2 MiB (2M)\n"
	"  --policy NUMBER        SNP guest policy (0x30000: SMT allowed, no debugging)\n"
	"  --serial PORT          the SVSM's serial port, 0 for none (0x2f8)\n"
	"  --debug                the SVSM's log goes to that port; only its last words otherwise\n"
	"  --manifest FILE        first of all: options from a file, lines 'name = value', debug = yes\n"
	"  --help                 this text\n";

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
	if (!build_kernel(image, options)) {
		return false;
	}
	image->policy = options->policy;
	image->layout.guest.vmpl = options->boot_vmpl;
	image->layout.guest.sev_features = SEV_FEATURE_SNP_ACTIVE;
	if (!build_guest(image, options)) {
		return false;
	}
	build_vmsa(image);
	u8 *page = allocate(PAGE_SIZE);
	memcpy(page, &image->layout, sizeof(image->layout));
	image_add_bytes(image, image->layout.base, span_of(page, PAGE_SIZE));
	return image_write(image, options->output);
}

int build_command(int count, char **words)
{
	struct build_options options;
	struct image image = {0};
	if (!manifest_expand(&count, &words)) {
		return STATUS_FAILED;
	}
	int status = build_options_read(count, words, &options);
	if (status != STATUS_OK) {
		return status;
	}
	if (options.help) {
		fputs(help, stdout);
		return STATUS_OK;
	}
	return build_image(&image, &options) ? STATUS_OK : STATUS_FAILED;
}
