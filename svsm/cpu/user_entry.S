/* SPDX-License-Identifier: MIT */
/*
 * The way into ring 3 and out of it. There is no SYSCALL: it is off in EFER, so that it is an invalid opcode and every way back leads
 * through the IDT, on a stack that the processor chose. A trap without a stack of its own pushes its frame on the one that user_run was
 * called on. So RSP always lies above a guard page, whatever exceptions a host injects in between.
 */
#include "cpu/asm_offsets.h"
#include "cpu/trap_frame.inc"
#include "cpu/trap_numbers.h"

#define SIGNAL 0x80
#define TRAP_FRAME_WORDS 22
#define RFLAGS_NONE 2

	.text
/* RDI = struct user_state, RSI = signal byte (cpu/user.h). */
	.globl user_run
user_run:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, %gs:CPU_OFFSET_USER_STACK
	movq %rdi, %gs:CPU_OFFSET_USER_STATE
	/* The CPU's address above the frame, as above those on the traps' own stacks, and 16-byte aligned. */
	andq $-16, %rsp
	pushq %gs:CPU_OFFSET_SELF
	pushq %gs:CPU_OFFSET_SELF
	movq %rsp, %gs:CPU_OFFSET_TSS_STACK0
	subq $TRAP_FRAME_SIZE, %rsp
	movq %rsi, %r8
	movq %rdi, %rsi
	movq %rsp, %rdi
	movl $TRAP_FRAME_WORDS, %ecx
	rep movsq
	movl $MSR_GS_BASE, %ecx
	xorl %eax, %eax
	xorl %edx, %edx
	wrmsr

	/* From here to IRET, #HV leads to user_enter_cancel (cpu/trap_entry.S). The state stays as it was. */
	.globl user_enter_window
user_enter_window:
	testb $SIGNAL, (%r8)
	jnz user_enter_signalled
	TRAP_FRAME_LEAVE
	.globl user_enter_window_end
user_enter_window_end:

/* ECX = MSR_GS_BASE */
user_enter_signalled:
	movq TRAP_FRAME_SIZE(%rsp), %rax
	movq %rax, %rdx
	shrq $32, %rdx
	wrmsr
/* GS is the kernel's again. */
	.globl user_enter_cancel
user_enter_cancel:
	movq %gs:CPU_OFFSET_USER_STATE, %rdi
	movq $TRAP_HV, TRAP_FRAME_VECTOR(%rdi)
	jmp user_return

/* From trap_common: RSP = the frame, above which stands the address of struct cpu. */
	.globl user_trapped
user_trapped:
	/* Nobody else is to find what ring 3 had in them. GS base is 0 before and after. */
	xorl %eax, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %fs
	movl %eax, %gs
	movq TRAP_FRAME_SIZE(%rsp), %rax
	movq %rax, %rdx
	shrq $32, %rdx
	movl $MSR_GS_BASE, %ecx
	wrmsr
	movq %gs:CPU_OFFSET_USER_STATE, %rdi
	movq %rsp, %rsi
	movl $TRAP_FRAME_WORDS, %ecx
	rep movsq
/* RFLAGS are ring 3's, and may have AC set, which would lift SMAP. */
user_return:
	movq %gs:CPU_OFFSET_USER_STACK, %rsp
	pushq $RFLAGS_NONE
	popfq
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret

	.section .note.GNU-stack, "", @progbits
