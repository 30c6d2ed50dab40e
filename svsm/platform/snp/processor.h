/* SPDX-License-Identifier: MIT */
/* What the SVSM needs of an SEV-SNP processor beyond what every kernel does. */
#pragma once

#include <copra/psp.h>

#include "base/err.h"

/* Loads the CPUID page that the PSP checked. Errors of cpuid_load; ERR_UNSUPPORTED also when SNP is missing. */
err_t processor_load(const struct cpuid_page *page);

/* INVLPGB is there. */
bool processor_flushes_others(void);
