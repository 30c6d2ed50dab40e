/* SPDX-License-Identifier: MIT */
/* Ring 3's part of selftest/user.c: the only page of this image that ring 3 may see. UD2 ends each piece. */
#define SELECTOR_USER_DATA 0x2B

	.section .text.user_code, "ax", @progbits
	.balign 4096
	.globl user_code
user_code:

/* Counts registers up, and sets NT, DF, AC and ID. */
	.globl user_code_registers
user_code_registers:
	pushfq
	orl $0x244400, (%rsp)
	popfq
	incq %rax
	incq %rbx
	incq %rbp
	incq %rsp
	incq %r8
	incq %r15
	ud2

	.globl user_code_segments_load
user_code_segments_load:
	movl $SELECTOR_USER_DATA, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %fs
	movl %eax, %gs
	ud2

/* EAX to EDX = DS, ES, FS, GS */
	.globl user_code_segments_read
user_code_segments_read:
	movl %ds, %eax
	movl %es, %ebx
	movl %fs, %ecx
	movl %gs, %edx
	ud2

/* EAX = a selector for ES */
	.globl user_code_segment_load
user_code_segment_load:
	movl %eax, %es
	ud2
	.balign 4096

	.section .note.GNU-stack, "", @progbits
