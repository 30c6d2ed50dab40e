/* SPDX-License-Identifier: MIT */
/* Exception vectors (APM volume 2, table 8-1), for C and assembly. */
#pragma once

#define TRAP_VECTORS 32
#define TRAP_STUB_SIZE 16

#define TRAP_DEBUG 1
#define TRAP_NMI 2
#define TRAP_INVALID_OPCODE 6
#define TRAP_DOUBLE_FAULT 8
#define TRAP_PAGE_FAULT 14
#define TRAP_MACHINE_CHECK 18
#define TRAP_HV 28 /* VECTOR_HV and VECTOR_VC of copra/sev.h, for assembly */
#define TRAP_VC 29

/* Offset of the vector in struct trap_frame; the error code follows. */
#define TRAP_FRAME_VECTOR 0x78
#define TRAP_FRAME_RIP 0x88
#define TRAP_FRAME_CS 0x90
#define TRAP_FRAME_SIZE 0xB0
/* #HV within #VC within another is as deep as it goes; more means that the handlers themselves fault. */
#define TRAP_DEPTH_MAX 4
