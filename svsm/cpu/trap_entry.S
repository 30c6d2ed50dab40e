/* SPDX-License-Identifier: MIT */
/*
 * One stub of TRAP_STUB_SIZE bytes per vector. Each makes the frame uniform (error code, vector), saves the general
 * registers as struct trap_frame (cpu/trap.h) and calls trap_handle with RDI = the frame. Interrupts are off throughout.
 *
 * A trap from ring 3 ends user_run (cpu/user_entry.S) instead. GS base is 0 in ring 3, which cannot change it to anything that looks
 * like the kernel's; so it is the kernel's or 0 here. It is 0 for a trap from ring 0 only in the few instructions before and after
 * ring 3. What may strike there has a stack of its own, above whose frame stands the address of struct cpu.
 *
 * All of it lies in the entry code's page. When the host has replaced a page that the handlers in C need, they fault again and
 * again; this page then ends the SVSM by itself.
 */
#include "cpu/asm_offsets.h"
#include "cpu/trap_frame.inc"
#include "cpu/trap_numbers.h"

#define PAGE_NOT_VALIDATED 0x404
/* enum terminate_reason (platform/platform.h), asserted in cpu/per_cpu.c */
#define REASON_UNEXPECTED_TRAP 2
#define REASON_PAGE_NOT_VALIDATED 8

/* #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP, #VC and #SX push an error code (APM volume 2, section 8.2). */
#define VECTORS_WITH_ERROR_CODE 0x60227D00
/* NMI, #DF, #MC, #HV, #VC: cpu/descriptors.c */
#define VECTORS_WITH_STACK 0x30040104

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
	cmpl $SELECTOR_USER_CODE, TRAP_FRAME_CS(%rsp)
	je user_trapped
	/* Neither ring's: the host has injected an exception with an error code that has none, or without one that has. */
	cmpl $SELECTOR_CODE, TRAP_FRAME_CS(%rsp)
	jne trap_hopeless
	movl $MSR_GS_BASE, %ecx
	rdmsr
	xorl %ebx, %ebx
	testl %edx, %edx
	jns trap_between
trap_call:
	incl %gs:CPU_OFFSET_TRAP_DEPTH
	cmpl $TRAP_DEPTH_MAX, %gs:CPU_OFFSET_TRAP_DEPTH
	ja trap_hopeless
	movq %rsp, %rdi
	call trap_handle
	decl %gs:CPU_OFFSET_TRAP_DEPTH
	testl %ebx, %ebx
	jz 1f
	movl $MSR_GS_BASE, %ecx
	xorl %eax, %eax
	xorl %edx, %edx
	wrmsr
1:	TRAP_FRAME_LEAVE

/* Between the rings. ECX = MSR_GS_BASE; EBX becomes 1: GS base is to be 0 again. #HV just before ring 3 calls that off. */
trap_between:
	movl TRAP_FRAME_VECTOR(%rsp), %eax
	movl $VECTORS_WITH_STACK, %edx
	btl %eax, %edx
	jnc trap_hopeless
	incl %ebx
	movq TRAP_FRAME_SIZE(%rsp), %rax
	movq %rax, %rdx
	shrq $32, %rdx
	wrmsr
	cmpl $TRAP_HV, TRAP_FRAME_VECTOR(%rsp)
	jne trap_call
	movq TRAP_FRAME_RIP(%rsp), %rax
	cmpq $user_enter_window, %rax
	jb trap_call
	cmpq $user_enter_window_end, %rax
	jae trap_call
	jmp user_enter_cancel

trap_hopeless:
	movl $REASON_UNEXPECTED_TRAP, %eax
	cmpq $TRAP_VC, TRAP_FRAME_VECTOR(%rsp)
	jne 1f
	cmpq $PAGE_NOT_VALIDATED, TRAP_FRAME_VECTOR + 8(%rsp)
	jne 1f
	movl $REASON_PAGE_NOT_VALIDATED, %eax
	/* The other CPUs are told, but not where the page for that is the one that the host has replaced. */
1:	cmpq $trap_hopeless_tell, TRAP_FRAME_RIP(%rsp)
	je platform_entry_terminate
trap_hopeless_tell:
	movl %eax, trap_hopeless_reason(%rip)
	jmp platform_entry_terminate

	.section .note.GNU-stack, "", @progbits
