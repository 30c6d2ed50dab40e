/* SPDX-License-Identifier: MIT */
#include "build/acpi.h"

#include <string.h>

#include "build/acpi_layout.h"
#include "build/dsdt.h"

/* Of QEMU's q35 after its own firmware has run (ICH9: hw/isa/lpc_ich9.c, hw/acpi/ich9.c) */
#define PM_BASE 0x600U
#define PM1_EVENT PM_BASE
#define PM1_CONTROL (PM_BASE + 0x04U)
#define PM_TIMER (PM_BASE + 0x08U)
#define GPE0 (PM_BASE + 0x20U)
#define GPE0_LENGTH 16U
#define SCI 9U
#define RESET_PORT 0xCF9U
#define RESET_VALUE 0x0FU
#define LOCAL_APIC 0xFEE00000U
#define IO_APIC 0xFEC00000U
#define CENTURY 0x32U /* CMOS */

#define TABLE_ALIGNMENT 64U

struct writer {
	u8 *out;
	size_t room;
	size_t n; /* used, or wanted when it exceeds room */
	u64 address;
};

static u64 begin(struct writer *w)
{
	w->n = (w->n + TABLE_ALIGNMENT - 1) / TABLE_ALIGNMENT * TABLE_ALIGNMENT;
	return w->address + w->n;
}

static void put(struct writer *w, const void *bytes, size_t n)
{
	if (w->n <= w->room && n <= w->room - w->n) {
		memcpy(w->out + w->n, bytes, n);
	}
	w->n += n;
}

/* The byte that makes the sum of n bytes zero, given that its own place holds zero. */
static u8 checksum(const void *bytes, size_t n)
{
	const u8 *p = bytes;
	u8 sum = 0;
	for (size_t i = 0; i < n; i++) {
		sum = (u8)(sum + p[i]);
	}
	return (u8)(0 - sum);
}

static void fill_header(struct acpi_header *header, const char *signature, size_t length, u8 revision)
{
	memcpy(header->signature, signature, sizeof(header->signature));
	header->length = (u32)length;
	header->revision = revision;
	memcpy(header->oem, "COPRA ", sizeof(header->oem));
	memcpy(header->oem_table, "SVSM    ", sizeof(header->oem_table));
	header->oem_revision = 1;
	memcpy(header->creator, "COPR", sizeof(header->creator));
	header->creator_revision = 1;
}

/* Sets the checksum of the table that starts at `start` and ends where the writer stands. */
static void seal(struct writer *w, u64 start)
{
	size_t at = (size_t)(start - w->address);
	if (w->n <= w->room) {
		w->out[at + offsetof(struct acpi_header, checksum)] = checksum(w->out + at, w->n - at);
	}
}

static u64 put_facs(struct writer *w)
{
	u64 start = begin(w);
	struct acpi_facs facs = {.length = sizeof(facs), .version = 2};
	memcpy(facs.signature, "FACS", sizeof(facs.signature));
	put(w, &facs, sizeof(facs));
	return start;
}

static u64 put_dsdt(struct writer *w)
{
	u64 start = begin(w);
	put(w, dsdt_aml.p, dsdt_aml.n);
	return start;
}

static struct acpi_address port(u16 address, u8 bits, u8 access)
{
	return (struct acpi_address){.space = 1, .bits = bits, .access = access, .address = address};
}

/*
 * No SMI command: the machine always is in ACPI mode, and nothing leads into system-management mode. Neither an 8042 is
 * announced (it would cost hundreds of exits to find nobody at it).
 */
static void fill_fadt(struct acpi_fadt *fadt, u64 facs, u64 dsdt)
{
	fadt->facs = (u32)facs;
	fadt->dsdt = (u32)dsdt;
	fadt->sci_interrupt = SCI;
	fadt->pm1a_event = PM1_EVENT;
	fadt->pm1a_control = PM1_CONTROL;
	fadt->pm_timer = PM_TIMER;
	fadt->gpe0 = GPE0;
	fadt->pm1_event_length = 4;
	fadt->pm1_control_length = 2;
	fadt->pm_timer_length = 4;
	fadt->gpe0_length = GPE0_LENGTH;
	fadt->c2_latency = 0xFFF; /* no C2, no C3 */
	fadt->c3_latency = 0xFFF;
	fadt->century = CENTURY;
	fadt->boot_architecture = FADT_BOOT_LEGACY_DEVICES;
	fadt->flags = FADT_WBINVD | FADT_C1 | FADT_NO_SLEEP_BUTTON | FADT_TIMER_32_BITS | FADT_RESET_REGISTER;
	fadt->reset = port(RESET_PORT, 8, 1);
	fadt->reset_value = RESET_VALUE;
	fadt->x_facs = facs;
	fadt->x_dsdt = dsdt;
	fadt->x_pm1a_event = port(PM1_EVENT, 32, 2);
	fadt->x_pm1a_control = port(PM1_CONTROL, 16, 2);
	fadt->x_pm_timer = port(PM_TIMER, 32, 3);
	fadt->x_gpe0 = port(GPE0, GPE0_LENGTH * 8, 1);
}

static u64 put_fadt(struct writer *w, u64 facs, u64 dsdt)
{
	u64 start = begin(w);
	struct acpi_fadt fadt = {0};
	fill_header(&fadt.header, "FACP", sizeof(fadt), 3);
	fill_fadt(&fadt, facs, dsdt);
	put(w, &fadt, sizeof(fadt));
	seal(w, start);
	return start;
}

/* The timer arrives at input 2; the SCI and the interrupts that PCI may share are level-triggered, active high. */
static void put_overrides(struct writer *w)
{
	static const u8 level[] = {5, SCI, 10, 11};
	const struct madt_override timer = {.type = 2, .length = sizeof(timer), .source = 0, .interrupt = 2};
	put(w, &timer, sizeof(timer));
	for (size_t i = 0; i < sizeof(level); i++) {
		const struct madt_override override = {
			.type = 2,
			.length = sizeof(override),
			.source = level[i],
			.interrupt = level[i],
			.flags = MADT_ACTIVE_HIGH | MADT_LEVEL,
		};
		put(w, &override, sizeof(override));
	}
}

static u64 put_madt(struct writer *w, u32 cpus)
{
	u64 start = begin(w);
	struct acpi_madt madt = {.local_apic = LOCAL_APIC, .flags = MADT_PC_AT_PICS};
	const struct madt_io_apic io_apic = {.type = 1, .length = sizeof(io_apic), .address = IO_APIC};
	const struct madt_local_nmi nmi = {.type = 4, .length = sizeof(nmi), .processor = 0xFF, .lint = 1};
	size_t length = sizeof(madt) + cpus * sizeof(struct madt_local_apic) + sizeof(io_apic) +
			5 * sizeof(struct madt_override) + sizeof(nmi);
	fill_header(&madt.header, "APIC", length, 3);
	put(w, &madt, sizeof(madt));
	for (u32 i = 0; i < cpus; i++) {
		const struct madt_local_apic apic = {
			.length = sizeof(apic),
			.processor = (u8)i,
			.apic_id = (u8)i,
			.flags = 1,
		};
		put(w, &apic, sizeof(apic));
	}
	put(w, &io_apic, sizeof(io_apic));
	put_overrides(w);
	put(w, &nmi, sizeof(nmi));
	seal(w, start);
	return start;
}

static u64 put_xsdt(struct writer *w, u64 fadt, u64 madt)
{
	u64 start = begin(w);
	const u64 tables[] = {fadt, madt};
	struct acpi_header header = {0};
	fill_header(&header, "XSDT", sizeof(header) + sizeof(tables), 1);
	put(w, &header, sizeof(header));
	put(w, tables, sizeof(tables));
	seal(w, start);
	return start;
}

static void put_rsdp(u8 *out, u64 xsdt)
{
	struct acpi_rsdp rsdp = {.revision = 2, .length = sizeof(rsdp), .xsdt = xsdt};
	memcpy(rsdp.signature, "RSD PTR ", sizeof(rsdp.signature));
	memcpy(rsdp.oem, "COPRA ", sizeof(rsdp.oem));
	rsdp.checksum = checksum(&rsdp, offsetof(struct acpi_rsdp, length)); /* what ACPI 1.0 knew */
	rsdp.extended_checksum = checksum(&rsdp, sizeof(rsdp));
	memcpy(out, &rsdp, sizeof(rsdp));
}

enum err acpi_build(const struct acpi_request *request, u8 *out, size_t room, size_t *n)
{
	struct writer w = {.out = out, .room = room, .n = sizeof(struct acpi_rsdp), .address = request->address};
	u64 facs = put_facs(&w);
	u64 dsdt = put_dsdt(&w);
	u64 fadt = put_fadt(&w, facs, dsdt);
	u64 madt = put_madt(&w, request->cpus);
	u64 xsdt = put_xsdt(&w, fadt, madt);
	if (w.n > room) {
		return ERR_NO_MEMORY;
	}
	put_rsdp(out, xsdt);
	*n = w.n;
	return ERR_OK;
}
