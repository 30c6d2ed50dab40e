/* SPDX-License-Identifier: MIT */
/* What the firmware image asks the SVSM for in its SEV metadata. Included by the assembler, too. */
#pragma once

#define FIRMWARE_TABLES 0x800000 /* six pages for page tables */
#define FIRMWARE_TABLES_SIZE 0x6000
#define FIRMWARE_SECRETS 0x80D000
#define FIRMWARE_CPUID 0x80E000
#define FIRMWARE_CALLING_AREA 0x80F000
#define FIRMWARE_PARAMETERS 0xFFFFF800 /* 8 bytes "COPRAPRM", then two numbers */
#define FIRMWARE_PROGRAM 0x1000000     /* where programs are linked */
