/* SPDX-License-Identifier: MIT */
/*
 * Every access to a window, or to memory lent to ring 3, in instructions whose only memory operand that is. When the host has taken the page behind it
 * away, #VC strikes at one of the labels below, and platform/snp/window_fault.c moves RIP to window_access_lost. The window's
 * address is then in RAX, for REP STOSQ in RDI, and RSP is what it was on entry: nothing here uses the stack.
 *
 * Result: EAX = 0 (done), the result of PVALIDATE or RMPADJUST, or PLATFORM_PAGE_LOST. Changes RCX, RDX, RSI, RDI, R8.
 */
#define PAGE_LOST 0xFFFFFFFF /* asserted in platform/snp/window_fault.c */

	/* In one page: the handler's way out is there when the way in was. */
	.section .text.window_access, "ax", @progbits
	.balign 256
	.globl window_access_start
window_access_start:

/* RDI = private memory of ours, RSI = window, RDX = bytes. */
	.globl window_read
window_read:
	movq %rsi, %rax
1:	cmpq $8, %rdx
	jb 2f
	.globl window_read_word
window_read_word:
	movq (%rax), %rcx
	movq %rcx, (%rdi)
	addq $8, %rax
	addq $8, %rdi
	subq $8, %rdx
	jmp 1b
2:	testq %rdx, %rdx
	jz window_access_done
	.globl window_read_byte
window_read_byte:
	movb (%rax), %cl
	movb %cl, (%rdi)
	incq %rax
	incq %rdi
	decq %rdx
	jmp 2b

/* RDI = window, RSI = private memory of ours, RDX = bytes. */
	.globl window_write
window_write:
	movq %rdi, %rax
1:	cmpq $8, %rdx
	jb 2f
	movq (%rsi), %rcx
	.globl window_write_word
window_write_word:
	movq %rcx, (%rax)
	addq $8, %rax
	addq $8, %rsi
	subq $8, %rdx
	jmp 1b
2:	testq %rdx, %rdx
	jz window_access_done
	movb (%rsi), %cl
	.globl window_write_byte
window_write_byte:
	movb %cl, (%rax)
	incq %rax
	incq %rsi
	decq %rdx
	jmp 2b

/* RDI = window, RSI = bytes, a multiple of 8. */
	.globl window_clear
window_clear:
	movq %rsi, %rcx
	shrq $3, %rcx
	xorl %eax, %eax
	.globl window_clear_words
window_clear_words:
	rep stosq
	ret

/* RDI = u64 in a window, RSI = mask. */
	.globl window_and
window_and:
	movq %rdi, %rax
	.globl window_and_word
window_and_word:
	lock andq %rsi, (%rax)
	jmp window_access_done

	.globl window_or
window_or:
	movq %rdi, %rax
	.globl window_or_word
window_or_word:
	lock orq %rsi, (%rax)
	jmp window_access_done

/* RDI = window, ESI = page size, EDX = validate, RCX = where the carry flag goes (bool). PVALIDATE, by bytes. */
	.globl window_validate
window_validate:
	movq %rdi, %rax
	movq %rcx, %r8
	movl %esi, %ecx
	.globl window_validate_page
window_validate_page:
	.byte 0xF2, 0x0F, 0x01, 0xFF
	setc (%r8)
	ret

/* RDI = window, ESI = page size, RDX = attributes. RMPADJUST, by bytes. */
	.globl window_permit
window_permit:
	movq %rdi, %rax
	movl %esi, %ecx
	.globl window_permit_page
window_permit_page:
	.byte 0xF3, 0x0F, 0x01, 0xFE
	ret

window_access_done:
	xorl %eax, %eax
	ret

	.globl window_access_lost
window_access_lost:
	movl $PAGE_LOST, %eax
	ret
	.org window_access_start + 256

	.section .note.GNU-stack, "", @progbits
