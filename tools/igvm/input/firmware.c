/* SPDX-License-Identifier: MIT */
#include "input/firmware.h"

#include "base/align.h"
#include "base/mem.h"
#include "base/range.h"
#include "input/guid_table.h"

#define FOUR_GIB 0x100000000ULL
#define SEV_SIGNATURE 0x56455341U  /* "ASEV" */
#define IGVM_SIGNATURE 0x4D564749U /* "IGVM" */
#define METADATA_VERSION 1U
#define IGVM_PARAMETERS 0x100U
#define IGVM_MEMORY_MAP 0x101U
#define IGVM_VP_COUNT 0x102U

/* Both kinds of metadata: this header, then count times three numbers, the last of which is the type. */
struct metadata_header {
	u32 signature;
	u32 length;
	u32 version;
	u32 count;
};
LAYOUT_SIZE(struct metadata_header, 16);

struct metadata_entry {
	u32 start; /* GPA, or offset in the parameter area */
	u32 size;
	u32 type;
};
LAYOUT_SIZE(struct metadata_entry, 12);

static enum err refuse(enum err error, const char *text, const char **what)
{
	*what = text;
	return error;
}

/* The entries of the metadata that the GUIDed table says begins `from_end` bytes before the image's end. */
static enum err open_metadata(struct span image, u32 from_end, u32 signature, struct span *entries, const char **what)
{
	struct metadata_header header;
	u64 start = image.n - from_end;
	if (from_end > image.n || span_copy(image, start, &header, sizeof(header)) != ERR_OK) {
		return refuse(ERR_TRUNCATED, "its table points outside of the image", what);
	}
	if (header.signature != signature || header.version != METADATA_VERSION) {
		return refuse(ERR_UNSUPPORTED, "its metadata has a wrong signature or version", what);
	}
	u64 size = (u64)header.count * sizeof(struct metadata_entry);
	if (header.length != sizeof(header) + size) {
		return refuse(ERR_INPUT, "its metadata has a wrong length", what);
	}
	if (span_slice(image, start + sizeof(header), size, entries) != ERR_OK) {
		return refuse(ERR_TRUNCATED, "its metadata is past the end of the image", what);
	}
	return ERR_OK;
}

static bool take_entry(struct span *entries, struct metadata_entry *entry)
{
	return span_take_u32(entries, &entry->start) == ERR_OK && span_take_u32(entries, &entry->size) == ERR_OK &&
	       span_take_u32(entries, &entry->type) == ERR_OK;
}

/* A page of its own, asked for once. */
static enum err set_page(u32 *page, const struct metadata_entry *entry, const char **what)
{
	if (entry->size != PAGE_SIZE) {
		return refuse(ERR_INPUT, "its secrets, CPUID or calling area is not one page", what);
	}
	if (*page != 0) {
		return refuse(ERR_EXISTS, "it asks twice for a secrets, CPUID or calling area page", what);
	}
	*page = entry->start;
	return ERR_OK;
}

static enum err note_section(struct firmware *f, const struct metadata_entry *entry, const char **what)
{
	switch (entry->type) {
	case FIRMWARE_MEMORY:
	case FIRMWARE_KERNEL_HASHES:
		return ERR_OK;
	case FIRMWARE_SECRETS:
		return set_page(&f->secrets, entry, what);
	case FIRMWARE_CPUID:
		return set_page(&f->cpuid, entry, what);
	case FIRMWARE_CALLING_AREA:
		return set_page(&f->calling_area, entry, what);
	default:
		return refuse(ERR_UNSUPPORTED, "its SEV metadata has a section of an unknown type", what);
	}
}

static enum err check_section(const struct firmware *f, const struct metadata_entry *entry, const char **what)
{
	if (entry->size == 0 || !is_aligned(entry->start | entry->size, PAGE_SIZE) || entry->start == 0) {
		return refuse(ERR_INPUT, "a section of its SEV metadata is not made of whole 4 KiB pages", what);
	}
	if (!range_within(entry->start, entry->size, 0, f->gpa)) {
		return refuse(ERR_RANGE, "a section of its SEV metadata reaches into the image", what);
	}
	for (u32 i = 0; i < f->section_count; i++) {
		if (range_overlaps(entry->start, entry->size, f->sections[i].gpa, f->sections[i].size)) {
			return refuse(ERR_EXISTS, "two sections of its SEV metadata overlap", what);
		}
	}
	if (f->section_count == FIRMWARE_MAX_SECTIONS) {
		return refuse(ERR_UNSUPPORTED, "its SEV metadata has more than 24 sections", what);
	}
	return ERR_OK;
}

static enum err read_sev_metadata(struct span image, u32 from_end, struct firmware *f, const char **what)
{
	struct span entries;
	struct metadata_entry entry;
	enum err error = open_metadata(image, from_end, SEV_SIGNATURE, &entries, what);
	while (error == ERR_OK && take_entry(&entries, &entry)) {
		error = check_section(f, &entry, what);
		if (error == ERR_OK) {
			error = note_section(f, &entry, what);
		}
		if (error == ERR_OK) {
			f->sections[f->section_count] = (struct firmware_section){entry.start, entry.size, entry.type};
			f->section_count++;
		}
	}
	if (error != ERR_OK) {
		return error;
	}
	if (f->secrets == 0 || f->cpuid == 0 || f->calling_area == 0) {
		return refuse(ERR_UNSUPPORTED, "it does not know of an SVSM (no calling area in its SEV metadata)",
			      what);
	}
	return ERR_OK;
}

static bool inside_section(const struct firmware *f, u64 gpa, u64 size)
{
	for (u32 i = 0; i < f->section_count; i++) {
		const struct firmware_section *s = &f->sections[i];
		if (s->type == FIRMWARE_MEMORY && range_within(gpa, size, s->gpa, s->size)) {
			return true;
		}
	}
	return false;
}

/* Memory map and VP count are offsets into the parameter area, wherever in the list that is named. */
static enum err find_parameters(struct span entries, struct metadata_entry *area, const char **what)
{
	while (take_entry(&entries, area)) {
		if (area->type == IGVM_PARAMETERS) {
			return ERR_OK;
		}
	}
	return refuse(ERR_INPUT, "its IGVM metadata names no parameter area", what);
}

static enum err note_parameter(struct firmware *f, const struct metadata_entry *area,
			       const struct metadata_entry *entry, const char **what)
{
	u64 gpa = (u64)area->start + entry->start;
	if (entry->type != IGVM_MEMORY_MAP && entry->type != IGVM_VP_COUNT) {
		return ERR_OK; /* the area itself, or something that is optional */
	}
	if (!range_within(entry->start, entry->size, 0, area->size) || !inside_section(f, gpa, entry->size)) {
		return refuse(ERR_RANGE, "its IGVM metadata points outside of its memory", what);
	}
	if (entry->type == IGVM_MEMORY_MAP) {
		f->memory_map = gpa;
		f->memory_map_bytes = entry->size;
		return ERR_OK;
	}
	if (entry->size < sizeof(u32)) {
		return refuse(ERR_INPUT, "its IGVM metadata leaves no room for the number of processors", what);
	}
	f->vp_count = gpa;
	return ERR_OK;
}

static enum err read_igvm_metadata(struct span image, u32 from_end, struct firmware *f, const char **what)
{
	struct span entries;
	struct metadata_entry area;
	struct metadata_entry entry;
	enum err error = open_metadata(image, from_end, IGVM_SIGNATURE, &entries, what);
	if (error == ERR_OK) {
		error = find_parameters(entries, &area, what);
	}
	while (error == ERR_OK && take_entry(&entries, &entry)) {
		error = note_parameter(f, &area, &entry, what);
	}
	return error;
}

static enum err check_image(struct span image, const char **what)
{
	if (image.n == 0 || image.n > FIRMWARE_MAX_SIZE || !is_aligned(image.n, PAGE_SIZE)) {
		return refuse(ERR_INPUT, "its size is not a multiple of 4 KiB of at most 16 MiB", what);
	}
	return ERR_OK;
}

enum err firmware_open(struct span image, struct firmware *firmware, const char **what)
{
	const char *unwanted;
	const char **why = what == NULL ? &unwanted : what;
	struct guid_table table;
	enum err error = check_image(image, why);
	if (error == ERR_OK) {
		error = guid_table_open(image, &table, why);
	}
	if (error != ERR_OK) {
		return error;
	}
	struct firmware opened = {.gpa = FOUR_GIB - image.n, .size = image.n};
	if (!table.has_sev_metadata) {
		return refuse(ERR_NOT_FOUND, "it has no SEV metadata: it is not made for SEV-SNP", why);
	}
	error = read_sev_metadata(image, table.sev_metadata, &opened, why);
	if (error == ERR_OK && table.has_igvm_metadata) {
		error = read_igvm_metadata(image, table.igvm_metadata, &opened, why);
	}
	if (error == ERR_OK) {
		*firmware = opened;
	}
	return error;
}
