/* SPDX-License-Identifier: MIT */
#include "verify/manifest.h"

#include <copra/types.h>

#define GUID_SIZE 16U
#define SERVICES_MAX 64U

/* GUIDs in memory: the first three fields are little endian. */
static const u8 table_guid[GUID_SIZE] = {0xBB, 0x9E, 0x84, 0x63, 0x92, 0x3D, 0x70, 0x46,
					 0xA1, 0xFF, 0x58, 0xF9, 0xC9, 0x4B, 0x87, 0xBB};
static const u8 vtpm_guid[GUID_SIZE] = {0xEB, 0xF1, 0x76, 0xC4, 0x23, 0x01, 0xA5, 0x45,
					0x96, 0x41, 0xB4, 0xE7, 0xDD, 0xE5, 0xBF, 0xE3};

struct service_entry {
	u8 guid[GUID_SIZE];
	u32 offset, size;
};

static bool is_guid(struct span s, const u8 guid[GUID_SIZE])
{
	struct span front;
	return span_slice(s, 0, GUID_SIZE, &front) == ERR_OK && span_equal(front, span_of(guid, GUID_SIZE));
}

/* The data of one service; *is_vtpm says whether it is the vTPM. False: beyond the end. */
static bool service_take(struct span table, u32 index, bool *is_vtpm, struct span *data)
{
	struct service_entry entry;
	if (span_copy(table, GUID_SIZE + 8 + (u64)index * sizeof(entry), &entry, sizeof(entry)) != ERR_OK) {
		return false;
	}
	*is_vtpm = is_guid(span_of(entry.guid, GUID_SIZE), vtpm_guid);
	return span_slice(table, entry.offset, entry.size, data) == ERR_OK;
}

static const char *table_search(struct span table, u32 count, struct span *found)
{
	u32 seen = 0;
	for (u32 i = 0; i < count; i++) {
		bool is_vtpm;
		struct span data;
		if (!service_take(table, i, &is_vtpm, &data)) {
			return "the table of services points beyond its end";
		}
		if (is_vtpm) {
			seen++;
			*found = data;
		}
	}
	if (seen > 1) {
		return "the table of services has two vTPMs";
	}
	return seen == 1 ? NULL : "the SVSM has no vTPM among its services";
}

const char *manifest_vtpm(struct span manifest, struct span *found)
{
	u32 size, count;
	if (!is_guid(manifest, table_guid)) {
		*found = manifest;
		return manifest.n == 0 ? "the manifest is empty" : NULL;
	}
	if (span_copy(manifest, GUID_SIZE, &size, sizeof(size)) != ERR_OK ||
	    span_copy(manifest, GUID_SIZE + 4, &count, sizeof(count)) != ERR_OK || size != manifest.n ||
	    count > SERVICES_MAX) {
		return "the table of services has a wrong length";
	}
	struct span data = {0};
	const char *wrong = table_search(manifest, count, &data);
	if (wrong == NULL) {
		*found = data;
	}
	return wrong;
}
