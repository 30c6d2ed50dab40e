/* SPDX-License-Identifier: MIT */
/* The pages by which the guest learns of processor and SVSM: CPUID, secrets, calling area. SVSM (58019), chapter 4. */
#pragma once

#include <copra/boot.h>
#include <copra/psp.h>

#include "base/err.h"

/* Writes all three into the guest's memory, which is accepted. The errors of guest_write. */
err_t published_write(const struct boot_layout *layout, const struct cpuid_page *cpuid);
