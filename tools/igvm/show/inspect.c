/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>

#include "host/report.h"
#include "show/commands.h"
#include "show/fields.h"
#include "show/names.h"
#include "show/open.h"

static const char help[] = "Usage: igvm inspect FILE [OPTION]...\n"
			   "Checks the file and prints every header, one a line, with its offset in the file.\n"
			   "\n"
			   "  --json  as a JSON object\n"
			   "  --help  this text\n";

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

static int read_options(int count, char **words, struct fields *f, bool *wants_help)
{
	static const struct option long_options[] = {
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;
	opterr = 0;
	while ((option = getopt_long(count, words, "", long_options, NULL)) != -1) {
		if (option == '?') {
			return report_usage("inspect", "%s: unknown option, or one without its value",
					    words[optind - 1]);
		}
		f->json = f->json || option == 'j';
		*wants_help = *wants_help || option == 'h';
	}
	if (!*wants_help && optind + 1 != count) {
		return report_usage("inspect", "one file is needed");
	}
	return STATUS_OK;
}

int inspect_command(int count, char **words)
{
	struct fields fields = {0};
	struct igvm_file file;
	bool wants_help = false;
	int status = read_options(count, words, &fields, &wants_help);
	if (status != STATUS_OK) {
		return status;
	}
	if (wants_help) {
		fputs(help, stdout);
		return STATUS_OK;
	}
	if (!show_open(words[optind], &file)) {
		return STATUS_FAILED;
	}
	show_file(&file, &fields);
	return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
}
