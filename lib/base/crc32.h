/* SPDX-License-Identifier: MIT */
/* CRC-32 of ISO 3309 (IEEE 802.3, 3.2.9), reflected, as zip and IGVM use it. */
#pragma once

#include "base/span.h"

#define CRC32_START 0U

/* The CRC of what was summed so far (CRC32_START for nothing), followed by s. */
u32 crc32_add(u32 crc, struct span s);
