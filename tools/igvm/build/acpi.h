/* SPDX-License-Identifier: MIT */
/* The ACPI tables of a guest without firmware: RSDP, XSDT, FADT, FACS, MADT and a compiled DSDT, for QEMU's q35. */
#pragma once

#include "base/err.h"

struct acpi_request {
	u64 address; /* guest-physical, of the first byte, which is the RSDP; 64-byte aligned, below 4 GiB */
	u32 cpus;    /* 1 to 255; APIC IDs from 0 */
};

/* Writes *n bytes to out. ERR_NO_MEMORY when room is too small. */
err_t acpi_build(const struct acpi_request *request, u8 *out, size_t room, size_t *n);
