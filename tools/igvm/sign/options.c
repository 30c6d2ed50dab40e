/* SPDX-License-Identifier: MIT */
#include "sign/options.h"

#include <string.h>

#include "base/compiler.h"
#include "host/hex.h"
#include "host/options.h"
#include "host/report.h"
#include "show/names.h"

static const char help[] = "Usage: igvm sign FILE --id-key PEM --output FILE [OPTION]...\n"
			   "Writes the file with a signed ID block for SEV-SNP, in the place of one that it had.\n"
			   "\n"
			   "  --id-key PEM       private key of P-384 that signs the ID block\n"
			   "  --author-key PEM   private key of P-384 that signs the ID key\n"
			   "  --output FILE      where the signed file goes\n"
			   "  --family-id HEX, --image-id HEX\n"
			   "                     32 digits each; zeros by default\n"
			   "  --guest-svn N      security version of the guest (0)\n"
			   "  --zero-pages measured|native\n"
			   "                     how the host launches pages without data (see 'igvm measure --help')\n"
			   "  --help             this text\n";

static int take_id(const char *name, const char *word, u8 id[16])
{
	u8 bytes[16];
	size_t n;
	if (word == NULL) {
		return STATUS_OK;
	}
	if (hex_read(word, bytes, sizeof(bytes), &n) && n == sizeof(bytes)) {
		memcpy(id, bytes, sizeof(bytes));
		return STATUS_OK;
	}
	return report_usage("sign", "--%s %s: 32 hexadecimal digits are wanted", name, word);
}

bool sign_options_read(int count, char **words, struct sign_options *o, int *status)
{
	const char *family = NULL;
	const char *image = NULL;
	const struct option_rule rules[] = {
		{"output", .text = &o->output},
		{"id-key", .text = &o->id_key},
		{"author-key", .text = &o->author_key},
		{"family-id", .text = &family},
		{"image-id", .text = &image},
		{"guest-svn", .number32 = &o->guest_svn},
		{"zero-pages", .choice = &o->zero_pages, .names = zero_page_names},
	};
	const struct command_line line = {"sign", help, rules, ARRAY_SIZE(rules), &o->path, 1};
	*o = (struct sign_options){0};
	if (!options_read(&line, count, words, status)) {
		return false;
	}
	*status = take_id("family-id", family, o->family_id);
	if (*status == STATUS_OK) {
		*status = take_id("image-id", image, o->image_id);
	}
	if (*status == STATUS_OK && (o->id_key == NULL || o->output == NULL)) {
		*status = report_usage("sign", "--id-key and --output are needed");
	}
	return *status == STATUS_OK;
}
