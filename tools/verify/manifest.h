/* SPDX-License-Identifier: MIT */
/* What the SVSM's attestation protocol says of its services. SVSM (58019), chapter 7 */
#pragma once

#include "base/span.h"

/*
 * The manifest of the vTPM: out of a table of all services, or the whole when it is no table (a single service was asked
 * for). NULL, or what is wrong; *found is then untouched.
 */
const char *manifest_vtpm(struct span manifest, struct span *found);
