/* SPDX-License-Identifier: MIT */
#include "input/guid_table.h"

#include "base/mem.h"

#define GUID_SIZE 16U
#define ENTRY_TAIL (sizeof(u16) + GUID_SIZE) /* length and GUID */
#define FOOTER_FROM_END 0x20U

/* GUIDs as they lie in memory: the first three groups little endian. */
static const u8 footer_guid[GUID_SIZE] = {0xDE, 0x82, 0xB5, 0x96, 0xB2, 0x1F, 0xF7, 0x45,
					  0xBA, 0xEA, 0xA3, 0x66, 0xC5, 0x5A, 0x08, 0x2D};
static const u8 sev_guid[GUID_SIZE] = {0x66, 0x65, 0x88, 0xDC, 0x4A, 0x98, 0x98, 0x47,
				       0xA7, 0x5E, 0x55, 0x85, 0xA7, 0xBF, 0x67, 0xCC};
static const u8 igvm_guid[GUID_SIZE] = {0x0E, 0xA7, 0x4F, 0x78, 0x76, 0x31, 0x77, 0x46,
					0x8A, 0x20, 0x04, 0xB6, 0x86, 0x99, 0xE3, 0x74};

struct table_entry {
	struct span data;
	u8 guid[GUID_SIZE];
};

static enum err refuse(enum err error, const char *text, const char **what)
{
	*what = text;
	return error;
}

/* Takes the last entry off *rest. */
static enum err take_last(struct span *rest, struct table_entry *entry)
{
	struct span tail;
	struct span whole;
	u16 length;
	if (rest->n < ENTRY_TAIL || span_slice(*rest, rest->n - ENTRY_TAIL, ENTRY_TAIL, &tail) != ERR_OK) {
		return ERR_INPUT;
	}
	enum err error = span_take_u16(&tail, &length);
	if (error != ERR_OK || length < ENTRY_TAIL || length > rest->n) {
		return ERR_INPUT;
	}
	error = span_slice(*rest, rest->n - length, length, &whole);
	if (error != ERR_OK) {
		return error;
	}
	memcpy(entry->guid, tail.p, GUID_SIZE);
	entry->data = span_of(whole.p, length - ENTRY_TAIL);
	rest->n -= length;
	return ERR_OK;
}

static enum err note_offset(const struct table_entry *entry, const u8 *guid, bool *has, u32 *offset)
{
	struct span data = entry->data;
	if (memcmp(entry->guid, guid, GUID_SIZE) != 0) {
		return ERR_OK;
	}
	*has = true;
	return span_take_u32(&data, offset);
}

static enum err read_entries(struct span rest, struct guid_table *table)
{
	*table = (struct guid_table){0};
	while (rest.n > 0) {
		struct table_entry entry;
		enum err error = take_last(&rest, &entry);
		if (error == ERR_OK) {
			error = note_offset(&entry, sev_guid, &table->has_sev_metadata, &table->sev_metadata);
		}
		if (error == ERR_OK) {
			error = note_offset(&entry, igvm_guid, &table->has_igvm_metadata, &table->igvm_metadata);
		}
		if (error != ERR_OK) {
			return ERR_INPUT;
		}
	}
	return ERR_OK;
}

enum err guid_table_open(struct span image, struct guid_table *table, const char **what)
{
	struct span footer;
	u16 length;
	if (image.n < FOOTER_FROM_END + ENTRY_TAIL) {
		return refuse(ERR_NOT_FOUND, "it is too short for a firmware image", what);
	}
	size_t end = image.n - FOOTER_FROM_END;
	if (span_slice(image, end - ENTRY_TAIL, ENTRY_TAIL, &footer) != ERR_OK ||
	    span_take_u16(&footer, &length) != ERR_OK || memcmp(footer.p, footer_guid, GUID_SIZE) != 0) {
		return refuse(ERR_NOT_FOUND, "it has no table of GUIDs at its end: it is not an OVMF image", what);
	}
	if (length < ENTRY_TAIL || length > end) {
		return refuse(ERR_INPUT, "its table of GUIDs has a wrong length", what);
	}
	struct span entries = span_of(image.p + end - length, length - ENTRY_TAIL);
	enum err error = read_entries(entries, table);
	return error == ERR_OK ? ERR_OK : refuse(error, "an entry of its table of GUIDs has a wrong length", what);
}
