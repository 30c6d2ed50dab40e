/* SPDX-License-Identifier: MIT */
/*
 * What the image builder tells the SVSM kernel: one measured page, the layout page.
 *
 * The builder (tools/igvm) fills it, the kernel (svsm/boot) reads it. All of it is measured, so the kernel may trust it
 * as much as its own code. Everything the host supplies lies in the unmeasured pages that it names.
 *
 * Launch state of the first vCPU (VMPL0), set by the builder in the VMSA: 32-bit protected mode without paging, flat
 * CS and data segments, interrupts off, EIP = layout.entry, EBX = address of this page. All else is zero or the
 * architectural reset value, but CR0 = 0x31 (PE, ET, NE) and CR4 = 0x40 (MCE), which is what KVM measures.
 *
 * From base: layout page, CPUID page, secrets page, memory map (one page), host_info, page tables (behind the image when they
 * are more than 11 pages), image at BOOT_IMAGE_OFFSET, the ring-3 services' executable if there is one, heap. Pages between the
 * tables and the image are neither loaded nor validated, like the heap. layout.entry: the GPA of e_entry (which is virtual). The kernel's .bss is launched (zeros).
 *
 * The page tables hold final mappings without the C-bit, in every level; the entry code ORs it into each present entry
 * of the pages [page_tables, page_tables + page_table_pages * 4 KiB). The first of these pages is the root (4 levels):
 *   - [base, base + size) at virtual_base, one 4 KiB entry per page: kernel segments with the rights of their ELF program
 *     header (W^X), the services' executable read-only and not executable, everything else read-write and not executable; the
 *     heap included.
 *   - the page of the entry code, identity-mapped, read-execute.
 *   - [window_base, window_base + 2 MiB): an empty page table (4 KiB windows), whose page is window_table.
 *   - [window_base + 2 MiB, window_base + 64 MiB): not present 2 MiB slots of the page directory window_directory, in
 *     which the kernel sets 2 MiB windows. Entry index of window_base in that directory: bits 29:21 of window_base.
 */
#pragma once

#include <copra/types.h>

#define BOOT_MAGIC 0x31305652504F43ULL /* "COPRV01", little endian */
#define BOOT_VERSION 1U

#define BOOT_DEFAULT_BASE 0xFF000000ULL /* guest-physical; unused by every PC chipset, below 4 GiB */
#define BOOT_DEFAULT_SIZE 0x200000ULL   /* the SVSM's own memory: image, tables, heap */
#define BOOT_MAX_SIZE 0x1000000ULL
/*
 * What the heap has to hold: for each CPU of guest and SVSM but the first one BOOT_CPU_SIZE, with ring-3 services
 * BOOT_SERVICES_SIZE for their processes at their limits and what the kernel keeps for them, and BOOT_HEAP_SIZE for all else.
 */
#define BOOT_MAX_CPUS 24U
#define BOOT_CPU_SIZE 0x10000U
#define BOOT_SERVICES_SIZE 0x37C000U
#define BOOT_HEAP_SIZE 0x28000U
#define BOOT_VIRTUAL_BASE 0xFFFFFFFF80000000ULL /* virtual address of base: the kernel is linked there */
#define BOOT_WINDOW_BASE 0xFFFFFFFFC0000000ULL
#define BOOT_PROGRAM_ADDRESS 0x1000000ULL /* BOOT_GUEST_PROGRAM: where its flat file is linked, loaded and entered */
#define BOOT_IMAGE_OFFSET 0x10000ULL      /* the kernel's first segment: base + this, at virtual_base + this */

/* layout.flags */
#define BOOT_FLAG_DEBUG 0x1U /* the log also goes to the serial console */

enum boot_guest_kind {
	BOOT_GUEST_NONE = 0,     /* no guest: the kernel reports that it is up and terminates */
	BOOT_GUEST_FIRMWARE = 1, /* from the reset vector, in real mode */
	BOOT_GUEST_LINUX = 2,    /* a bzImage by the 64-bit boot protocol */
	BOOT_GUEST_PROGRAM = 3,  /* a flat test program: 64-bit mode, identity map, RIP = entry, RDI = calling area */
};

enum boot_range_kind {
	BOOT_RANGE_LOADED = 1, /* pages of the IGVM file: private and validated by the launch */
	BOOT_RANGE_ZERO = 2,   /* the SVSM makes it private, validates and zeroes it before the guest starts */
};

struct boot_range {
	u64 gpa;  /* 4 KiB aligned */
	u64 size; /* bytes, 4 KiB multiple, not 0 */
	u32 kind; /* enum boot_range_kind */
	u32 e820; /* BOOT_GUEST_LINUX: type in its e820 table; E820_RAM for ordinary memory */
};
LAYOUT_SIZE(struct boot_range, 24);

/* Linux boot protocol, zero page: address range types (ACPI 6.5, table 15.7) */
#define E820_RAM 1U
#define E820_RESERVED 2U
#define E820_ACPI 3U

#define BOOT_MAX_RANGES 32U

struct boot_guest {
	u32 kind; /* enum boot_guest_kind */
	u32 vmpl; /* 1 to 3; 2 by default */
	u64 sev_features;

	/* Pages of the guest's that the SVSM fills; 4 KiB aligned, each inside one of the ranges; 0 for none */
	u64 secrets;
	u64 cpuid;
	u64 calling_area;

	/* BOOT_GUEST_FIRMWARE: where the firmware wants the memory map (IGVM metadata), 0 if nowhere */
	u64 memory_map;
	u32 memory_map_bytes;
	u32 reserved_034;
	u64 vp_count; /* address of a u32, 0 if nowhere */

	/* BOOT_GUEST_LINUX and _PROGRAM */
	u64 entry;       /* RIP */
	u64 boot_params; /* RSI; a template, in which the SVSM writes the e820 table */
	u64 page_tables; /* 6 pages of the guest's for an identity map of 4 GiB, written by the SVSM */
	u64 stack;       /* RSP, 0 for none */

	u32 range_count;
	u32 reserved_064;
	struct boot_range ranges[BOOT_MAX_RANGES];
};
LAYOUT_AT(struct boot_guest, secrets, 0x10);
LAYOUT_AT(struct boot_guest, memory_map, 0x28);
LAYOUT_AT(struct boot_guest, entry, 0x40);
LAYOUT_AT(struct boot_guest, range_count, 0x60);
LAYOUT_AT(struct boot_guest, ranges, 0x68);

struct boot_layout {
	u64 magic;
	u32 version;
	u32 flags;

	u64 base; /* the SVSM's own memory, 2 MiB aligned, guest-physical */
	u64 size;
	u64 virtual_base;
	u64 entry; /* guest-physical address of the 32-bit entry code */

	u64 page_tables;
	u64 page_table_pages;
	u64 window_base;      /* virtual, 2 MiB aligned */
	u64 window_table;     /* guest-physical address of the page table below window_base */
	u64 window_directory; /* guest-physical address of the page directory that window_base lies in */

	u64 cpuid;   /* filled by the PSP */
	u64 secrets; /* filled by the PSP */

	/* Unmeasured pages, filled by the host: hostile input */
	u64 memory_map; /* struct igvm_memory_map_entry[], ended by number_of_pages = 0 or the page's end */
	u64 memory_map_bytes;
	u64 host_info; /* u32 VP count at 0, u32 environment at 4 */

	u64 heap; /* first byte of [base, base + size) that nothing above uses; to the end. Not loaded, not validated */
	u64 heap_size;

	u32 serial_port; /* 16550, 0 for none */
	u32 max_vcpus;   /* 1 to BOOT_MAX_CPUS; with more the SVSM does not start */

	u64 service; /* ring-3 services: an ELF file as it is, from the start of a page, padded with zeros; 0 for none */
	u64 service_bytes; /* of the file */
	u64 reserved[2];

	struct boot_guest guest;
};
LAYOUT_AT(struct boot_layout, base, 0x10);
LAYOUT_AT(struct boot_layout, page_tables, 0x30);
LAYOUT_AT(struct boot_layout, cpuid, 0x58);
LAYOUT_AT(struct boot_layout, heap, 0x80);
LAYOUT_AT(struct boot_layout, service, 0x98);
LAYOUT_AT(struct boot_layout, guest, 0xB8);
_Static_assert(sizeof(struct boot_layout) <= PAGE_SIZE, "the layout is one page");
