/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/align.h"
#include "base/compiler.h"
#include "host/number.h"
#include "host/options.h"
#include "host/report.h"
#include "show/commands.h"
#include "show/memory.h"
#include "show/open.h"
#include "show/text.h"

static const char help[] =
	"Usage: igvm inspect FILE [OPTION]...\n"
	"Checks the file, prints every header with its number and its offset in the file, and draws the memory of\n"
	"each platform.\n"
	"\n"
	"  --all                 a line for each page; by default one for pages that follow each other\n"
	"  --map                 only the memory\n"
	"  --extract START-END   write this range of pages to a file instead, zeros where there are none\n"
	"  --output FILE         which file\n"
	"  --json                as a JSON object\n"
	"  --help                this text\n";

#define EXTRACT_MAXIMUM 0x40000000ULL

struct options {
	const char *path;
	const char *output;
	const char *extract;
	u64 start; /* of what to extract; end 0: nothing */
	u64 end;
	bool all;
	bool map;
	bool json;
};

/* START-END, both multiples of 4 KiB */
static bool read_range(const char *word, u64 *start, u64 *end)
{
	char first[32];
	const char *dash = strchr(word, '-');
	size_t n = dash == NULL ? sizeof(first) : (size_t)(dash - word);
	if (n >= sizeof(first)) {
		return false;
	}
	memcpy(first, word, n);
	first[n] = '\0';
	return number_read(first, start) && number_read(dash + 1, end) && *start < *end &&
	       is_aligned(*start | *end, PAGE_SIZE) && *end - *start <= EXTRACT_MAXIMUM;
}

static int check_options(struct options *o)
{
	if ((o->extract == NULL) != (o->output == NULL)) {
		return report_usage("inspect", "--extract and --output go together");
	}
	if (o->extract != NULL && !read_range(o->extract, &o->start, &o->end)) {
		return report_usage(
			"inspect", "--extract %s: START-END is wanted, multiples of 4 KiB that are at most 1 GiB apart",
			o->extract);
	}
	if ((o->extract != NULL) + o->all + o->map + o->json > 1) {
		return report_usage("inspect", "--all, --map, --json and --extract exclude one another");
	}
	return STATUS_OK;
}

static bool read_options(int count, char **words, struct options *o, int *status)
{
	const struct option_rule rules[] = {
		{"all", .flag = &o->all},       {"map", .flag = &o->map},   {"extract", .text = &o->extract},
		{"output", .text = &o->output}, {"json", .flag = &o->json},
	};
	const struct command_line line = {"inspect", help, rules, ARRAY_SIZE(rules), &o->path, 1};
	if (!options_read(&line, count, words, status)) {
		return false;
	}
	*status = check_options(o);
	return *status == STATUS_OK;
}

int inspect_command(int count, char **words)
{
	struct options options = {.map = false};
	struct igvm_file file;
	int status;
	if (!read_options(count, words, &options, &status)) {
		return status;
	}
	if (!show_open(options.path, &file)) {
		return STATUS_FAILED;
	}
	if (options.end != 0) {
		return show_extract(&file, options.start, options.end, options.output) ? STATUS_OK : STATUS_FAILED;
	}
	if (options.map) {
		show_map(&file);
	} else if (options.json) {
		show_json(&file);
	} else {
		show_text(&file, options.all);
	}
	return report_end(STATUS_OK);
}
