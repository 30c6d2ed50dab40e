/* SPDX-License-Identifier: MIT */
/* Entry points of the machine's own IDT. Each pushes what makes the frame uniform: error code (or 0) and vector. */
	.text
	.balign 16
	.globl trap_entries
trap_entries:
	.set vector, 0
	.rept 256
	.balign 16
	.if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
	.else
	pushq $0
	.endif
	pushq $vector
	jmp trap_common
	.set vector, vector + 1
	.endr

	.balign 16
trap_common:
	cld
	pushq %rax
	pushq %rcx
	pushq %rdx
	pushq %rbx
	pushq %rbp
	pushq %rsi
	pushq %rdi
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
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
	popq %rdi
	popq %rsi
	popq %rbp
	popq %rbx
	popq %rdx
	popq %rcx
	popq %rax
	addq $16, %rsp
	iretq

/*
 * idle_wait(pending): halts with interrupts on, unless *pending is set. An NMI that sets it between test and HLT finds RIP in
 * the window and moves it to the end (traps.c), so no kick is lost. RDI: u64 *pending.
 */
	.globl idle_wait, idle_window, idle_window_end
idle_wait:
idle_window:
	cmpq $0, (%rdi)
	jne idle_window_end
	sti
	hlt
idle_window_end:
	cli
	ret
