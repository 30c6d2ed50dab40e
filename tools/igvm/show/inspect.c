/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/align.h"
#include "base/compiler.h"
#include "host/number.h"
#include "host/options.h"
#include "host/report.h"
#include "show/commands.h"
#include "show/fields.h"
#include "show/memory.h"
#include "show/names.h"
#include "show/open.h"

static const char help[] =
	"Usage: igvm inspect FILE [OPTION]...\n"
	"Checks the file and prints every header, one a line, with its offset in the file.\n"
	"\n"
	"  --map                 draw the memory of each platform instead\n"
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
	bool map;
	bool json;
};

static void show_platform(const struct igvm_header *header, const struct fields *f)
{
	struct igvm_vhs_supported_platform p;
	igvm_decode_supported_platform(header, &p);
	field_text(f, "platform", name_of_platform(p.platform_type));
	field_hex(f, "mask", p.compatibility_mask);
	field_number(f, "version", p.platform_version);
	field_number(f, "highest_vtl", p.highest_vtl);
	field_hex(f, "shared_gpa_boundary", p.shared_gpa_boundary);
}

static void show_page_data(const struct igvm_header *header, const struct fields *f)
{
	struct igvm_vhs_page_data page;
	igvm_decode_page_data(header, &page);
	field_hex(f, "gpa", page.gpa);
	field_hex(f, "mask", page.compatibility_mask);
	field_text(f, "page", name_of_page(page.data_type));
	field_hex(f, "file_offset", page.file_offset);
	field_flag(f, "unmeasured", (page.flags & IGVM_PAGE_DATA_UNMEASURED) != 0);
	field_flag(f, "shared", (page.flags & IGVM_PAGE_DATA_SHARED) != 0);
}

static void show_vp_context(const struct igvm_header *header, const struct fields *f)
{
	struct igvm_vhs_vp_context context;
	igvm_decode_vp_context(header, &context);
	field_hex(f, "gpa", context.gpa);
	field_hex(f, "mask", context.compatibility_mask);
	field_number(f, "vp_index", context.vp_index);
	field_hex(f, "file_offset", context.file_offset);
}

static void show_parameter_area(const struct igvm_header *header, const struct fields *f)
{
	struct igvm_vhs_parameter_area area;
	igvm_decode_parameter_area(header, &area);
	field_number(f, "area", area.parameter_area_index);
	field_hex(f, "bytes", area.number_of_bytes);
	field_hex(f, "file_offset", area.file_offset);
}

static void show_parameter_insert(const struct igvm_header *header, const struct fields *f)
{
	struct igvm_vhs_parameter_insert insert;
	igvm_decode_parameter_insert(header, &insert);
	field_number(f, "area", insert.parameter_area_index);
	field_hex(f, "gpa", insert.gpa);
	field_hex(f, "mask", insert.compatibility_mask);
}

static void show_required_memory(const struct igvm_header *header, const struct fields *f)
{
	struct igvm_vhs_required_memory memory;
	igvm_decode_required_memory(header, &memory);
	field_hex(f, "gpa", memory.gpa);
	field_hex(f, "mask", memory.compatibility_mask);
	field_hex(f, "bytes", memory.number_of_bytes);
	field_flag(f, "vtl2_protectable", (memory.flags & IGVM_REQUIRED_MEMORY_VTL2_PROTECTABLE) != 0);
}

static void show_guest_policy(const struct igvm_header *header, const struct fields *f)
{
	struct igvm_vhs_guest_policy policy;
	igvm_decode_guest_policy(header, &policy);
	field_hex(f, "policy", policy.policy);
	field_hex(f, "mask", policy.compatibility_mask);
}

static void show_error_range(const struct igvm_header *header, const struct fields *f)
{
	struct igvm_vhs_error_range range;
	igvm_decode_error_range(header, &range);
	field_hex(f, "gpa", range.gpa);
	field_hex(f, "mask", range.compatibility_mask);
	field_hex(f, "bytes", range.size_bytes);
}

/* Parameters by their area; anything longer by its length. */
static void show_other(const struct igvm_header *header, const struct fields *f)
{
	struct igvm_vhs_parameter parameter;
	if (header->content.n != sizeof(parameter)) {
		field_number(f, "length", header->content.n);
		return;
	}
	igvm_decode_parameter(header, &parameter);
	field_number(f, "area", parameter.parameter_area_index);
	field_hex(f, "byte_offset", parameter.byte_offset);
}

static void show_content(const struct igvm_header *header, const struct fields *f)
{
	switch (header->type) {
	case IGVM_VHT_SUPPORTED_PLATFORM:
		show_platform(header, f);
		return;
	case IGVM_VHT_GUEST_POLICY:
		show_guest_policy(header, f);
		return;
	case IGVM_VHT_PARAMETER_AREA:
		show_parameter_area(header, f);
		return;
	case IGVM_VHT_PAGE_DATA:
		show_page_data(header, f);
		return;
	case IGVM_VHT_PARAMETER_INSERT:
		show_parameter_insert(header, f);
		return;
	case IGVM_VHT_VP_CONTEXT:
		show_vp_context(header, f);
		return;
	case IGVM_VHT_REQUIRED_MEMORY:
		show_required_memory(header, f);
		return;
	case IGVM_VHT_ERROR_RANGE:
		show_error_range(header, f);
		return;
	default:
		show_other(header, f);
	}
}

static void show_header(const struct igvm_header *header, const struct fields *f)
{
	const char *name = name_of_header(header->type);
	unsigned long long offset = header->offset;
	if (f->json) {
		printf("%s\n  {\"type\": \"%s\"", header->index == 0 ? "" : ",", name);
		field_hex(f, "offset", header->offset);
	} else {
		printf("%6llx %s", offset, name);
	}
	show_content(header, f);
	fputs(f->json ? "}" : "\n", stdout);
}

static void show_file(const struct igvm_file *file, const struct fields *f)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	printf(f->json ? "{\"format_version\": %u, \"bytes\": %zu, \"data_start\": %u, \"headers\": ["
		       : "IGVM version %u, %zu bytes, data from 0x%x\n",
	       file->format_version, file->bytes.n, file->data_start);
	while (igvm_next(&iterator, &header)) {
		show_header(&header, f);
	}
	if (f->json) {
		puts("\n]}");
	}
}

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
	if ((o->extract != NULL) + o->map + o->json > 1) {
		return report_usage("inspect", "--map, --json and --extract exclude one another");
	}
	return STATUS_OK;
}

static bool read_options(int count, char **words, struct options *o, int *status)
{
	const struct option_rule rules[] = {
		{"map", .flag = &o->map},
		{"extract", .text = &o->extract},
		{"output", .text = &o->output},
		{"json", .flag = &o->json},
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
	const struct fields fields = {.json = options.json};
	if (options.map) {
		show_map(&file);
	} else {
		show_file(&file, &fields);
	}
	return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
}
