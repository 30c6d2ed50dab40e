/* SPDX-License-Identifier: MIT */
/*
 * Where another CPU starts: in real mode at TRAMPOLINE, to which this code is copied. The three parameters are filled in before.
 * Ends in other_main, in long mode on the given stack.
 */
#include "boot/layout.h"

#define HERE(symbol) ((symbol) - trampoline_start + TRAMPOLINE)

	.section .rodata
	.balign 16
	.globl trampoline_start, trampoline_end, trampoline_cr3, trampoline_cr4, trampoline_stack
	.code16
trampoline_start:
	cli
	cld
	xorw %ax, %ax
	movw %ax, %ds
	lgdtl HERE(trampoline_gdt_pointer)
	movl HERE(trampoline_cr4), %eax
	movl %eax, %cr4
	movl HERE(trampoline_cr3), %eax
	movl %eax, %cr3
	movl $0xC0000080, %ecx
	rdmsr
	orl $((1 << 8) | (1 << 11)), %eax /* LME, NXE */
	wrmsr
	movl $((1 << 31) | (1 << 16) | (1 << 5) | (1 << 4) | (1 << 1) | 1), %eax /* PG, WP, NE, ET, MP, PE */
	movl %eax, %cr0
	ljmpl $SELECTOR_CODE, $HERE(trampoline_long)
	.code64
trampoline_long:
	movl $SELECTOR_DATA, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	movq HERE(trampoline_stack), %rsp
	xorl %ebp, %ebp
	movabsq $other_main, %rax
	callq *%rax
	ud2
	.balign 8
trampoline_gdt:
	.quad 0
	.quad 0x00AF9B000000FFFF
	.quad 0x00CF93000000FFFF
trampoline_gdt_pointer:
	.word 23
	.long HERE(trampoline_gdt)
	.balign 8
trampoline_cr3:
	.quad 0
trampoline_cr4:
	.quad 0
trampoline_stack:
	.quad 0
trampoline_end:
