/* SPDX-License-Identifier: MIT */
/* x87, SSE and AVX registers between VMSA and processor. */
#pragma once

#include <copra/vmsa.h>

/*
 * True when guests have XSAVE: where the processor has its compact form, without which Linux refuses an SNP guest with XSAVE.
 * Then AVX and XCR0 are switched as well.
 */
bool fpu_has_xsave(void);

/* Once per CPU: lets the machine use FXSAVE or XSAVE. */
void fpu_enable(void);

void fpu_to_vmsa(struct vmsa *vmsa);
void fpu_from_vmsa(const struct vmsa *vmsa);
