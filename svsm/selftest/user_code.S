/* SPDX-License-Identifier: MIT */
/* Ring 3's part of selftest/user.c: the only page of this image that ring 3 may see. UD2 ends each piece. */
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
	.balign 4096

	.section .note.GNU-stack, "", @progbits
