/* SPDX-License-Identifier: MIT */
/*
 * Where the parts of a guest without firmware lie. One 2 MiB block below every place where a kernel may put itself holds
 * all small parts: Linux' first page tables map secrets, CPUID and calling area by 2 MiB blocks.
 */
#pragma once

#include <copra/boot.h>

#define PLACE_BOOT_PARAMS 0x800000ULL
#define PLACE_SETUP_DATA 0x801000ULL   /* CC blob; must be RAM in the e820 table */
#define PLACE_COMMAND_LINE 0x802000ULL /* one page */
#define PLACE_ACPI 0x804000ULL
#define PLACE_ACPI_END 0x80D000ULL
#define PLACE_GUEST_SECRETS 0x80D000ULL
#define PLACE_GUEST_CPUID 0x80E000ULL
#define PLACE_CALLING_AREA 0x80F000ULL
#define PLACE_GUEST_TABLES 0x810000ULL
#define PLACE_GUEST_STACK 0x816000ULL
#define PLACE_GUEST_STACK_END 0x818000ULL
