/* SPDX-License-Identifier: MIT */
/* What is said of the SVSM's services, and how much of the host's certificates is table. Pure. SVSM (58019), chapter 7. */
#pragma once

#include <copra/svsm.h>

#include "base/span.h"

/* The vTPM's own part is the public area of its endorsement key; no template leads to one that is longer. */
#define MANIFEST_KEY_MAX 1024U
#define MANIFEST_MAX (sizeof(struct svsm_manifest_head) + sizeof(struct svsm_manifest_entry) + MANIFEST_KEY_MAX)

/* The one service that has a manifest; version 0 is all that the specification has. */
bool manifest_is_of_vtpm(const u8 guid[SVSM_GUID_SIZE]);
#define MANIFEST_VTPM_VERSION 0U

/* The table of all services: the vTPM's when `key` is not empty, else none. Returns its size. */
size_t manifest_of_all(struct span key, u8 manifest[MANIFEST_MAX]);

/*
 * Bytes of a table of certificates (56421, table 6: GUID, offset, length; a zero GUID ends it) and of what it points at. 0 for a table
 * that has no entries, no end, or points beyond the bytes there are: then there are no certificates.
 */
size_t manifest_certificates_size(struct span table);
