/* SPDX-License-Identifier: MIT */
#include "protocol/attestation_manifest.h"

#include "base/mem.h"

struct certificate_entry {
	u8 guid[SVSM_GUID_SIZE];
	u32 offset;
	u32 size;
};
LAYOUT_SIZE(struct certificate_entry, 24);

static const u8 vtpm_guid[SVSM_GUID_SIZE] = SVSM_GUID_VTPM;

bool manifest_is_of_vtpm(const u8 guid[SVSM_GUID_SIZE])
{
	return memcmp(guid, vtpm_guid, SVSM_GUID_SIZE) == 0;
}

size_t manifest_of_all(struct span key, u8 manifest[MANIFEST_MAX])
{
	struct svsm_manifest_head head = {.guid = SVSM_GUID_SERVICES, .size = sizeof(head)};
	struct svsm_manifest_entry entry = {.guid = SVSM_GUID_VTPM, .size = (u32)key.n};
	if (key.n > 0) {
		entry.offset = sizeof(head) + sizeof(entry);
		head.count = 1;
		head.size += (u32)(sizeof(entry) + key.n);
		memcpy(manifest + sizeof(head), &entry, sizeof(entry));
		memcpy(manifest + entry.offset, key.p, key.n);
	}
	memcpy(manifest, &head, sizeof(head));
	return head.size;
}

size_t manifest_certificates_size(struct span table)
{
	struct certificate_entry entry;
	size_t size = 0;
	for (u64 at = 0; span_copy(table, at, &entry, sizeof(entry)) == ERR_OK; at += sizeof(entry)) {
		struct span data;
		size_t end = (size_t)at + sizeof(entry);
		if (span_is_zero(span_of(entry.guid, sizeof(entry.guid)))) {
			return at == 0 || size > end ? size : end;
		}
		if (span_slice(table, entry.offset, entry.size, &data) != ERR_OK) {
			return 0;
		}
		end = (size_t)entry.offset + entry.size;
		size = end > size ? end : size;
	}
	return 0;
}
