/* SPDX-License-Identifier: MIT */
/* Stacks of the boot CPU, each above a guard page that own_map_remove (mm/own_map.h) takes out of the page tables. */
#include "cpu/asm_offsets.h"

.macro stack name, size
	.globl stack_\name\()_guard
	.globl stack_\name\()_top
stack_\name\()_guard:
	.skip 4096
	.skip \size
stack_\name\()_top:
.endm

	.section .bss.pages, "aw", @nobits
	.balign 4096
	stack main, STACK_MAIN_SIZE
	stack fault, STACK_TRAP_SIZE
	stack vc, STACK_TRAP_SIZE
	stack hv, STACK_TRAP_SIZE

	.section .note.GNU-stack, "", @progbits
