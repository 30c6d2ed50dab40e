/* SPDX-License-Identifier: MIT */
/*
 * Instructions that trap on purpose. platform/native/probe.c knows the labels, and moves RIP to probe_trapped; the stack is then as
 * on entry. EAX = 1 when nothing trapped, else 0. Changes RCX.
 */
	.text
	.globl probe_load, probe_load_at
probe_load:
	movl $1, %eax
probe_load_at:
	movb (%rdi), %cl
	ret

	.globl probe_store, probe_store_at
probe_store:
	movl $1, %eax
	movb (%rdi), %cl
probe_store_at:
	movb %cl, (%rdi)
	ret

	.globl probe_fetch, probe_fetch_trapped
probe_fetch:
	call probe_data
	movl $1, %eax
	ret
/* The call's return address is still there. */
probe_fetch_trapped:
	addq $8, %rsp
	jmp probe_trapped

	.globl probe_breakpoint, probe_breakpoint_end
probe_breakpoint:
	int3
probe_breakpoint_end:
	movl $1, %eax
	ret

	.globl probe_undefined, probe_undefined_at
probe_undefined:
probe_undefined_at:
	ud2
	movl $1, %eax
	ret

	.globl probe_trapped
probe_trapped:
	xorl %eax, %eax
	ret

	.data
	.globl probe_data
probe_data:
	ret

	.section .note.GNU-stack, "", @progbits
