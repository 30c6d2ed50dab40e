/* SPDX-License-Identifier: MIT */
/* ACPI 6.5, chapter 5: table layouts, which know no alignment. */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"

struct acpi_rsdp {
	char signature[8];
	u8 checksum;
	char oem[6];
	u8 revision;
	u32 rsdt;
	u32 length;
	u64 xsdt;
	u8 extended_checksum;
	u8 reserved[3];
} packed;
LAYOUT_SIZE(struct acpi_rsdp, 36);

struct acpi_header {
	char signature[4];
	u32 length;
	u8 revision;
	u8 checksum;
	char oem[6];
	char oem_table[8];
	u32 oem_revision;
	char creator[4];
	u32 creator_revision;
} packed;
LAYOUT_SIZE(struct acpi_header, 36);

/* Generic address structure, section 5.2.3.2 */
struct acpi_address {
	u8 space; /* 0 memory, 1 I/O ports */
	u8 bits;
	u8 offset;
	u8 access; /* 1 byte, 2 word, 3 double word */
	u64 address;
} packed;
LAYOUT_SIZE(struct acpi_address, 12);

/* Section 5.2.9, revision 3 */
struct acpi_fadt {
	struct acpi_header header;
	u32 facs;
	u32 dsdt;
	u8 reserved_2c;
	u8 power_profile;
	u16 sci_interrupt;
	u32 smi_command;
	u8 acpi_enable, acpi_disable, s4_bios, pstate_control;
	u32 pm1a_event, pm1b_event, pm1a_control, pm1b_control, pm2_control, pm_timer, gpe0, gpe1;
	u8 pm1_event_length, pm1_control_length, pm2_control_length, pm_timer_length;
	u8 gpe0_length, gpe1_length, gpe1_base, cst_control;
	u16 c2_latency, c3_latency, flush_size, flush_stride;
	u8 duty_offset, duty_width, day_alarm, month_alarm, century;
	u16 boot_architecture;
	u8 reserved_6f;
	u32 flags;
	struct acpi_address reset;
	u8 reset_value;
	u16 arm_boot_architecture;
	u8 minor_version;
	u64 x_facs;
	u64 x_dsdt;
	struct acpi_address x_pm1a_event, x_pm1b_event, x_pm1a_control, x_pm1b_control, x_pm2_control;
	struct acpi_address x_pm_timer, x_gpe0, x_gpe1;
} packed;
LAYOUT_AT(struct acpi_fadt, pm1a_event, 56);
LAYOUT_AT(struct acpi_fadt, pm1_event_length, 88);
LAYOUT_AT(struct acpi_fadt, boot_architecture, 109);
LAYOUT_AT(struct acpi_fadt, reset, 116);
LAYOUT_AT(struct acpi_fadt, x_facs, 132);
LAYOUT_AT(struct acpi_fadt, x_pm1a_event, 148);
LAYOUT_SIZE(struct acpi_fadt, 244);

#define FADT_WBINVD (1U << 0)
#define FADT_C1 (1U << 2)
#define FADT_NO_SLEEP_BUTTON (1U << 5)
#define FADT_TIMER_32_BITS (1U << 8)
#define FADT_RESET_REGISTER (1U << 10)

#define FADT_BOOT_LEGACY_DEVICES (1U << 0)

/* Section 5.2.10 */
struct acpi_facs {
	char signature[4];
	u32 length;
	u32 hardware_signature;
	u32 waking_vector;
	u32 global_lock;
	u32 flags;
	u64 x_waking_vector;
	u8 version;
	u8 reserved[31];
} packed;
LAYOUT_SIZE(struct acpi_facs, 64);

/* Section 5.2.12 */
struct acpi_madt {
	struct acpi_header header;
	u32 local_apic;
	u32 flags;
} packed;
LAYOUT_SIZE(struct acpi_madt, 44);

#define MADT_PC_AT_PICS 1U

struct madt_local_apic {
	u8 type; /* 0 */
	u8 length;
	u8 processor;
	u8 apic_id;
	u32 flags; /* bit 0: enabled */
} packed;
LAYOUT_SIZE(struct madt_local_apic, 8);

struct madt_io_apic {
	u8 type; /* 1 */
	u8 length;
	u8 id;
	u8 reserved;
	u32 address;
	u32 first_interrupt;
} packed;
LAYOUT_SIZE(struct madt_io_apic, 12);

struct madt_override {
	u8 type; /* 2 */
	u8 length;
	u8 bus;
	u8 source;
	u32 interrupt;
	u16 flags; /* polarity in bits 1:0, trigger mode in bits 3:2 */
} packed;
LAYOUT_SIZE(struct madt_override, 10);

#define MADT_ACTIVE_HIGH 0x1U
#define MADT_LEVEL 0xCU

struct madt_local_nmi {
	u8 type; /* 4 */
	u8 length;
	u8 processor; /* 0xFF: all */
	u16 flags;
	u8 lint;
} packed;
LAYOUT_SIZE(struct madt_local_nmi, 6);
