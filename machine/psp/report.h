/* SPDX-License-Identifier: MIT */
#pragma once

#include "psp/guest.h"

/* The attestation report of a guest for one VMPL, signed by the VCEK. 56860, chapter 7.3. Returns the TSC ticks that the signature took. */
u64 report_make(const struct psp_guest *guest, u32 vmpl, const u8 data[64], struct attestation_report *report);
