/* SPDX-License-Identifier: MIT */
/*
 * One stub of TRAP_STUB_SIZE bytes per vector. Each makes the frame uniform (error code, vector), saves the general
 * registers as struct trap_frame (cpu/trap.h) and calls trap_handle with RDI = the frame. Interrupts are off throughout.
 */
#include "cpu/trap_numbers.h"

/* #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP, #VC and #SX push an error code (APM volume 2, section 8.2). */
#define VECTORS_WITH_ERROR_CODE 0x60227D00

	.text
	.globl trap_stubs
	.balign 16
trap_stubs:
.set vector, 0
.rept TRAP_VECTORS
	.balign TRAP_STUB_SIZE
	.if (((VECTORS_WITH_ERROR_CODE >> vector) & 1) == 0)
	pushq $0
	.endif
	pushq $vector
	jmp trap_common
	.set vector, vector + 1
.endr

trap_common:
	pushq %rax
	pushq %rbx
	pushq %rcx
	pushq %rdx
	pushq %rsi
	pushq %rdi
	pushq %rbp
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	cld
	movq %rsp, %rdi
	call trap_handle
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rbp
	popq %rdi
	popq %rsi
	popq %rdx
	popq %rcx
	popq %rbx
	popq %rax
	addq $16, %rsp
	iretq

	.section .note.GNU-stack, "", @progbits
