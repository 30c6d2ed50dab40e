/* SPDX-License-Identifier: MIT */
#include "load/parameter.h"

#include "base/align.h"
#include "base/mem.h"
#include "base/range.h"
#include "cpu/vcpu.h"
#include "load/error.h"
#include "mm/memory.h"
#include "mm/own_memory.h"
#include "options.h"
#include "trace/trace.h"

#define AREA_BYTES_MAX 0x1000000ULL

struct parameter_area *parameter_find(struct parameters *parameters, u32 index)
{
	for (u32 i = 0; i < parameters->count; i++) {
		if (parameters->areas[i].index == index && !parameters->areas[i].inserted) {
			return &parameters->areas[i];
		}
	}
	return NULL;
}

enum err parameter_declare(struct parameters *parameters, const struct igvm_file *file,
			   const struct igvm_header *header)
{
	struct igvm_vhs_parameter_area area;
	igvm_decode_parameter_area(header, &area);
	u64 bytes = area.number_of_bytes;
	if (parameters->count == PARAMETER_AREAS_MAX) {
		return load_refuse(ERR_NO_MEMORY, header, "more than %u parameter areas", PARAMETER_AREAS_MAX);
	}
	if (bytes == 0 || bytes > AREA_BYTES_MAX || !is_aligned(bytes, PAGE_SIZE)) {
		return load_refuse(ERR_RANGE, header, "a parameter area of 0x%llx bytes", (unsigned long long)bytes);
	}
	u8 *p = memory_own_pages(bytes / PAGE_SIZE);
	if (p == NULL) {
		return load_refuse(ERR_NO_MEMORY, header, "no memory for the parameter area");
	}
	struct span initial = igvm_data(file, area.file_offset, (u32)bytes);
	memcpy(p, initial.p, initial.n);
	parameters->areas[parameters->count++] =
		(struct parameter_area){.index = area.parameter_area_index, .bytes = bytes, .p = p};
	return ERR_OK;
}

/* Where a usage may write: what is left of the area behind its offset. */
struct room {
	u8 *p;
	u64 n;
};

static bool room_put(struct room *room, const void *from, size_t n)
{
	if (n > room->n) {
		return false;
	}
	memcpy(room->p, from, n);
	room->p += n;
	room->n -= n;
	return true;
}

static bool put_u32(struct room *room, u32 value)
{
	return room_put(room, &value, sizeof(value));
}

static bool put_memory_map(struct room *room)
{
	u32 count;
	const struct memory_range *ranges = memory_ranges(&count);
	for (u32 i = 0; i < count; i++) {
		struct igvm_memory_map_entry entry = {
			.starting_gpa_page_number = ranges[i].start >> PAGE_SHIFT,
			.number_of_pages = ranges[i].size >> PAGE_SHIFT,
			.entry_type = IGVM_MEMORY_RAM,
		};
		if (!room_put(room, &entry, sizeof(entry))) {
			return false;
		}
	}
	struct igvm_memory_map_entry end = {0};
	return room->n < sizeof(end) || room_put(room, &end, sizeof(end));
}

static bool put_command_line(struct room *room)
{
	static const u8 zero;
	struct span text = options_get()->cmdline;
	return room_put(room, text.p, text.n) && room_put(room, &zero, sizeof(zero));
}

/* Below 4 GiB from the end of RAM to the IOAPIC, above from the end of RAM for 64 GiB: page, pages. */
static bool put_mmio_ranges(struct room *room)
{
	const u64 low_limit = 0xFEC00000ULL, high_start = 1ULL << 32, high_size = 1ULL << 36;
	u64 low = 0, high = high_start;
	u32 count;
	const struct memory_range *ranges = memory_ranges(&count);
	for (u32 i = 0; i < count; i++) {
		u64 end = ranges[i].start + ranges[i].size;
		if (end <= low_limit) {
			low = end;
		} else {
			high = end;
		}
	}
	const u64 pairs[4] = {low >> PAGE_SHIFT, (low_limit - low) >> PAGE_SHIFT, high >> PAGE_SHIFT,
			      high_size >> PAGE_SHIFT};
	return room_put(room, pairs, sizeof(pairs));
}

struct acpi_header {
	char signature[4];
	u32 length;
	u8 revision;
	u8 checksum;
	char oem_id[6];
	char oem_table_id[8];
	u32 oem_revision;
	u32 creator_id;
	u32 creator_revision;
};
LAYOUT_SIZE(struct acpi_header, 36);

struct acpi_madt {
	struct acpi_header header;
	u32 apic_address;
	u32 flags;
};
LAYOUT_SIZE(struct acpi_madt, 44);

struct acpi_local_apic {
	u8 type;
	u8 length;
	u8 processor;
	u8 apic_id;
	u32 flags;
};
LAYOUT_SIZE(struct acpi_local_apic, 8);

/* ACPI 6.5, section 5.2.12: one local APIC a vCPU. */
static bool put_madt(struct room *room)
{
	u8 *start = room->p;
	struct acpi_madt madt = {
		.header = {.signature = {'A', 'P', 'I', 'C'}, .revision = 1, .oem_id = {'C', 'O', 'P', 'R', 'A', ' '}},
		.apic_address = 0xFEE00000U,
		.flags = 1,
	};
	madt.header.length = (u32)(sizeof(madt) + vcpu_count() * sizeof(struct acpi_local_apic));
	bool fits = room_put(room, &madt, sizeof(madt));
	for (u32 i = 0; fits && i < vcpu_count(); i++) {
		struct acpi_local_apic entry = {
			.length = sizeof(entry), .processor = (u8)i, .apic_id = (u8)vcpu_at(i)->apic_id, .flags = 1};
		fits = room_put(room, &entry, sizeof(entry));
	}
	u8 sum = 0;
	for (u32 i = 0; fits && i < madt.header.length; i++) {
		sum = (u8)(sum + start[i]);
	}
	if (fits) {
		start[offsetof(struct acpi_header, checksum)] = (u8)-sum;
	}
	return fits;
}

static bool put_usage(u32 type, struct room *room)
{
	switch (type) {
	case IGVM_VHT_VP_COUNT_PARAMETER:
		return put_u32(room, vcpu_count());
	case IGVM_VHT_ENVIRONMENT_INFO_PARAMETER:
		return put_u32(room, IGVM_ENVIRONMENT_MEMORY_IS_SHARED);
	case IGVM_VHT_MEMORY_MAP:
		return put_memory_map(room);
	case IGVM_VHT_COMMAND_LINE:
		return put_command_line(room);
	case IGVM_VHT_MMIO_RANGES:
		return put_mmio_ranges(room);
	case IGVM_VHT_MADT:
		return put_madt(room);
	default: /* tables this host does not have: the area stays as it is */
		trace(TRACE_ALWAYS, NULL, "load-skip", "type=0x%x", type);
		return true;
	}
}

enum err parameter_fill(struct parameters *parameters, const struct igvm_header *header)
{
	struct igvm_vhs_parameter parameter;
	igvm_decode_parameter(header, &parameter);
	struct parameter_area *area = parameter_find(parameters, parameter.parameter_area_index);
	if (area == NULL) {
		return load_refuse(ERR_NOT_FOUND, header, "no parameter area %u here", parameter.parameter_area_index);
	}
	u64 offset = parameter.byte_offset;
	if (offset > area->bytes) {
		return load_refuse(ERR_RANGE, header, "offset 0x%llx is past the parameter area's end (0x%llx)",
				   (unsigned long long)offset, (unsigned long long)area->bytes);
	}
	struct room room = {.p = area->p + offset, .n = area->bytes - offset};
	if (!put_usage(header->type, &room)) {
		return load_refuse(ERR_RANGE, header, "parameter area %u is too small", area->index);
	}
	return ERR_OK;
}
