/* SPDX-License-Identifier: MIT */
/*
 * Entry by the PVH boot protocol (32-bit protected mode, paging off, EBX = start information, which is not used: the memory
 * map comes from QEMU itself). Turns on long mode, with 5-level paging where the processor has it, because nested paging
 * then has 5 levels too and the C-bit can be bit 51, and calls boot_main at the image's virtual address.
 */
#include "boot/layout.h"

#define PHYSICAL(symbol) ((symbol) - IMAGE_VIRTUAL + IMAGE_LOAD)
#define PRESENT_WRITE 3
#define LARGE 0x80

	.section .note.Xen, "a", @note
	.balign 4
	.long 4, 8, 18 /* name and value size, PHYS32_ENTRY */
	.asciz "Xen"
	.quad PHYSICAL(start32)

	.section .text.start, "ax"
	.code32
	.globl start32
start32:
	cli
	cld
	movl $PHYSICAL(boot_stack_end), %esp
	movl $PHYSICAL(boot_pml4), %edi
	movl $0x80000001, %eax
	cpuid
	testl $(1 << 29), %edx /* long mode */
	jz stop32
	xorl %eax, %eax
	cpuid
	cmpl $7, %eax
	jb 1f
	movl $7, %eax
	xorl %ecx, %ecx
	cpuid
	testl $(1 << 16), %ecx /* LA57 */
	jz 1f
	movl $PHYSICAL(boot_pml5), %edi
	movl %cr4, %eax
	orl $(1 << 12), %eax
	movl %eax, %cr4
1:	movl %cr4, %eax
	orl $(1 << 5), %eax /* PAE */
	movl %eax, %cr4
	movl %edi, %cr3
	movl $0xC0000080, %ecx
	rdmsr
	orl $((1 << 8) | (1 << 11)), %eax /* LME, NXE */
	wrmsr
	movl %cr0, %eax
	andl $~((1 << 2) | (1 << 3) | (1 << 29) | (1 << 30)), %eax /* EM, TS, NW, CD */
	orl $((1 << 31) | (1 << 16) | (1 << 5) | (1 << 1) | 1), %eax /* PG, WP, NE, MP, PE */
	movl %eax, %cr0
	lgdt PHYSICAL(boot_gdt_pointer)
	ljmp $SELECTOR_CODE, $PHYSICAL(start64)
stop32:
	hlt
	jmp stop32

	.code64
start64:
	movl $SELECTOR_DATA, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	movabsq $boot_stack_end, %rsp
	movabsq $boot_main, %rax
	xorl %ebp, %ebp
	callq *%rax
	ud2

/*
 * boot_move(to, size, root, next): copies the image to `to` (direct map), takes the page tables at physical address root,
 * in which the image's virtual address means the copy, wipes the original, and jumps to next on a fresh stack.
 * RDI to, RSI size in bytes (multiple of 8), RDX root, RCX next.
 */
	.text
	.globl boot_move
boot_move:
	movq %rsi, %r8
	movq %rcx, %r9
	movq $image_start, %rsi
	movq %r8, %rcx
	shrq $3, %rcx
	rep movsq
	movq %rdx, %cr3
	movabsq $(DIRECT_VIRTUAL + IMAGE_LOAD), %rdi
	movq %r8, %rcx
	shrq $3, %rcx
	xorl %eax, %eax
	rep stosq
	movq $boot_stack_end, %rsp
	xorl %ebp, %ebp
	callq *%r9
	ud2

	.data
	.balign 8
boot_gdt:
	.quad 0
	.quad 0x00AF9B000000FFFF
	.quad 0x00CF93000000FFFF
	.globl boot_gdt_pointer
boot_gdt_pointer:
	.word 23
	.quad PHYSICAL(boot_gdt)

	.balign 4096
boot_pml5:
	.quad PHYSICAL(boot_pml4) + PRESENT_WRITE
	.skip 510 * 8
	.quad PHYSICAL(boot_pml4) + PRESENT_WRITE
boot_pml4:
	.quad PHYSICAL(boot_direct) + PRESENT_WRITE
	.skip 255 * 8
	.quad PHYSICAL(boot_direct) + PRESENT_WRITE
	.skip 254 * 8
	.quad PHYSICAL(boot_image) + PRESENT_WRITE
boot_direct:
	.set address, 0
	.rept 512
	.quad address + LARGE + PRESENT_WRITE
	.set address, address + 0x40000000
	.endr
boot_image:
	.skip 510 * 8
	.quad PHYSICAL(boot_image_directory) + PRESENT_WRITE
	.quad 0
boot_image_directory:
	.set address, IMAGE_LOAD
	.rept 512
	.quad address + LARGE + PRESENT_WRITE
	.set address, address + 0x200000
	.endr

	.bss
	.balign 4096
	.globl boot_stack
boot_stack:
	.skip 32768
boot_stack_end:
