/* SPDX-License-Identifier: MIT */
#include "sign/options.h"

#include <getopt.h>
#include <string.h>

#include "host/number.h"
#include "host/report.h"

static int digit_of(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c | 0x20);
	return at == NULL ? -1 : (int)(at - digits);
}

/* 32 hexadecimal digits */
static bool read_id(const char *word, u8 id[16])
{
	if (strlen(word) != 32) {
		return false;
	}
	for (size_t i = 0; i < 16; i++) {
		int high = digit_of(word[2 * i]);
		int low = digit_of(word[2 * i + 1]);
		if (high < 0 || low < 0) {
			return false;
		}
		id[i] = (u8)(high * 16 + low);
	}
	return true;
}

static int take_value(struct sign_options *o, int option)
{
	bool good;
	switch (option) {
	case 'f':
		good = read_id(optarg, o->family_id);
		break;
	case 'm':
		good = read_id(optarg, o->image_id);
		break;
	case 'z':
		o->zero_pages = strcmp(optarg, "native") == 0 ? IGVM_ZERO_NATIVE : IGVM_ZERO_MEASURED;
		good = o->zero_pages == IGVM_ZERO_NATIVE || strcmp(optarg, "measured") == 0;
		break;
	default:
		good = number_read_u32(optarg, &o->guest_svn);
	}
	return good ? STATUS_OK
		    : report_usage("sign",
				   "'%s': an ID has 32 hexadecimal digits, a version number 32 bits, "
				   "--zero-pages is measured or native",
				   optarg);
}

static int take_option(struct sign_options *o, int option, char **words)
{
	switch (option) {
	case 'o':
		o->output = optarg;
		return STATUS_OK;
	case 'i':
		o->id_key = optarg;
		return STATUS_OK;
	case 'a':
		o->author_key = optarg;
		return STATUS_OK;
	case 'h':
		o->help = true;
		return STATUS_OK;
	case '?':
		return report_usage("sign", "%s: unknown option, or one without its value", words[optind - 1]);
	default:
		return take_value(o, option);
	}
}

int sign_options_read(int count, char **words, struct sign_options *o)
{
	static const struct option long_options[] = {
		{"output", required_argument, NULL, 'o'},
		{"id-key", required_argument, NULL, 'i'},
		{"author-key", required_argument, NULL, 'a'},
		{"family-id", required_argument, NULL, 'f'},
		{"image-id", required_argument, NULL, 'm'},
		{"guest-svn", required_argument, NULL, 'g'},
		{"zero-pages", required_argument, NULL, 'z'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;
	*o = (struct sign_options){0};
	opterr = 0;
	while ((option = getopt_long(count, words, "", long_options, NULL)) != -1) {
		int status = take_option(o, option, words);
		if (status != STATUS_OK || o->help) {
			return status;
		}
	}
	if (optind + 1 != count || o->id_key == NULL || o->output == NULL) {
		return report_usage("sign", "one file, --id-key and --output are needed");
	}
	o->path = words[optind];
	return STATUS_OK;
}
