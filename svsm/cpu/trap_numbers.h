/* SPDX-License-Identifier: MIT */
/* Exception vectors (APM volume 2, table 8-1), for C and assembly. */
#pragma once

#define TRAP_VECTORS 32
#define TRAP_STUB_SIZE 16

#define TRAP_NMI 2
#define TRAP_INVALID_OPCODE 6
#define TRAP_DOUBLE_FAULT 8
#define TRAP_PAGE_FAULT 14
#define TRAP_MACHINE_CHECK 18
