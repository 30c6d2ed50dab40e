/* SPDX-License-Identifier: MIT */
/*
 * One stub of TRAP_STUB_SIZE bytes per vector. Each makes the frame uniform (error code, vector), saves the general
 * registers as struct trap_frame (cpu/trap.h) and calls trap_handle with RDI = the frame. Interrupts are off throughout.
 *
 * All of it lies in the entry code's page. When the host has replaced a page that the handlers in C need, they fault again and
 * again; this page then ends the SVSM by itself.
 */
#include "cpu/asm_offsets.h"
#include "cpu/trap_numbers.h"

#define VECTOR_VC 29
#define PAGE_NOT_VALIDATED 0x404
/* enum terminate_reason (platform/platform.h), asserted in cpu/per_cpu.c */
#define REASON_UNEXPECTED_TRAP 2
#define REASON_PAGE_NOT_VALIDATED 8

/* #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP, #VC and #SX push an error code (APM volume 2, section 8.2). */
#define VECTORS_WITH_ERROR_CODE 0x60227D00

	.section .text.entry, "ax", @progbits
	.globl trap_stubs
	.balign 16
trap_stubs:
.set trap_vector, 0
.rept TRAP_VECTORS
	.balign TRAP_STUB_SIZE
	.if (((VECTORS_WITH_ERROR_CODE >> trap_vector) & 1) == 0)
	pushq $0
	.endif
	pushq $trap_vector
	jmp trap_common
	.set trap_vector, trap_vector + 1
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
	incl %gs:CPU_OFFSET_TRAP_DEPTH
	cmpl $TRAP_DEPTH_MAX, %gs:CPU_OFFSET_TRAP_DEPTH
	ja trap_hopeless
	movq %rsp, %rdi
	call trap_handle
	decl %gs:CPU_OFFSET_TRAP_DEPTH
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

trap_hopeless:
	movl $REASON_UNEXPECTED_TRAP, %eax
	cmpq $VECTOR_VC, TRAP_FRAME_VECTOR(%rsp)
	jne platform_entry_terminate
	cmpq $PAGE_NOT_VALIDATED, TRAP_FRAME_VECTOR + 8(%rsp)
	jne platform_entry_terminate
	movl $REASON_PAGE_NOT_VALIDATED, %eax
	jmp platform_entry_terminate

	.section .note.GNU-stack, "", @progbits
