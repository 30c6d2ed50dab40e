/* SPDX-License-Identifier: MIT */
/*
 * Where the launch VMSA starts the first CPU at VMPL0: 32-bit protected mode, no paging, interrupts off, EBX = layout page.
 * What differs between platforms, where the C-bit is and how to give up, is platform_entry_check and platform_entry_terminate
 * (platform/snp/entry.S, platform/native/entry.S).
 *
 * In use throughout: EBX layout page, EBP guest-physical base of the image, EDI the C-bit's mask in a high dword,
 * ESP the boot stack.
 */
#include "cpu/asm_offsets.h"

#define VIRTUAL_BASE 0xFFFFFFFF80000000
#define PHYSICAL(symbol) (symbol - VIRTUAL_BASE)(%ebp)

#define MSR_EFER 0xC0000080
#define EFER_LME_NXE 0x900
#define CR0_PG_WP_NE_MP_PE 0x80010023
#define CR4_PAE 0x20

/* enum terminate_reason (platform/platform.h); cpu/per_cpu.c asserts them */
#define REASON_LAYOUT_INVALID 3
#define REASON_RANDOM 15
#define REASON_CBIT 18

	.section .text.entry, "ax", @progbits
	.code32
	.globl entry_start32
entry_start32:
	cli
	cld
	cmpl $LAYOUT_MAGIC_LOW, LAYOUT_OFFSET_MAGIC(%ebx)
	jne layout_invalid
	cmpl $LAYOUT_MAGIC_HIGH, LAYOUT_OFFSET_MAGIC + 4(%ebx)
	jne layout_invalid
	cmpl $0, LAYOUT_OFFSET_BASE + 4(%ebx)
	jne layout_invalid
	movl LAYOUT_OFFSET_BASE(%ebx), %ebp
	leal PHYSICAL(stack_main_top), %esp

	call platform_entry_check
	call tables_encrypt

	/* A value nobody can foresee, written without paging, hence private. */
	call random_get
	movl %eax, PHYSICAL(cbit_probe)
	call random_get
	movl %eax, PHYSICAL(cbit_probe + 4)
	call random_get
	movl %eax, PHYSICAL(cpu_boot + CPU_OFFSET_STACK_GUARD)
	call random_get
	movl %eax, PHYSICAL(cpu_boot + CPU_OFFSET_STACK_GUARD + 4)

	/* 64-bit mode: GDT first, because its address fits into 32 bits only now. */
	subl $8, %esp
	movw $boot_gdt_end - boot_gdt - 1, (%esp)
	leal PHYSICAL(boot_gdt), %eax
	movl %eax, 2(%esp)
	lgdtl (%esp)
	addl $8, %esp
	movl $CR4_PAE, %eax
	movl %eax, %cr4
	movl LAYOUT_OFFSET_PAGE_TABLES(%ebx), %eax
	movl %eax, %cr3
	movl $MSR_EFER, %ecx
	rdmsr
	orl $EFER_LME_NXE, %eax
	wrmsr
	/* Kept in registers across the switch: the probe's value, for there is no memory to be trusted in between. */
	movl PHYSICAL(cbit_probe), %esi
	movl PHYSICAL(cbit_probe + 4), %edx
	/* Only this code's page is mapped where it is now, so the far pointer has to lie in it too. */
	leal PHYSICAL(entry_far_pointer_end), %esp
	pushl $SELECTOR_CODE
	leal PHYSICAL(entry_start64), %eax
	pushl %eax
	movl $CR0_PG_WP_NE_MP_PE, %eax
	movl %eax, %cr0
	lretl

/* ORs the C-bit into every present entry of the builder's page tables. Changes EAX, ECX. */
tables_encrypt:
	movl LAYOUT_OFFSET_PAGE_TABLES(%ebx), %eax
	movl LAYOUT_OFFSET_PAGE_TABLE_PAGES(%ebx), %ecx
	shll $9, %ecx
1:	testb $1, (%eax)
	jz 2f
	orl %edi, 4(%eax)
2:	addl $8, %eax
	decl %ecx
	jnz 1b
	ret

/* EAX = random. Changes ECX. Ten tries: the processor's own recommendation. */
random_get:
	movl $10, %ecx
1:	rdrand %eax
	jc 2f
	decl %ecx
	jnz 1b
	movl $REASON_RANDOM, %eax
	jmp platform_entry_terminate
2:	ret

layout_invalid:
	movl $REASON_LAYOUT_INVALID, %eax
	jmp platform_entry_terminate

	.balign 8
entry_far_pointer:
	.skip 8
entry_far_pointer_end:

	/* Read by the far return, when only this page is mapped where it is. */
	.balign 8
boot_gdt:
	.quad 0
	.quad 0x00AF9B000000FFFF /* SELECTOR_CODE: 64-bit, ring 0, accessed */
	.quad 0x00CF93000000FFFF /* SELECTOR_DATA: writable, accessed */
boot_gdt_end:

	.code64
/* EDX:ESI = the probe's value, EDI = C-bit mask, EBX = layout page. Still at the identity mapping. */
entry_start64:
	movabsq $cbit_probe, %rax
	cmpl %esi, (%rax)
	jne 1f
	cmpl %edx, 4(%rax)
	je 2f
1:	movl $REASON_CBIT, %eax
	jmp platform_entry_terminate
2:	movabsq $stack_main_top, %rsp
	pushq $entry_high
	ret

	.text
entry_high:
	movl $SELECTOR_DATA, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	movq $cpu_boot, %rax
	movq %rax, CPU_OFFSET_SELF(%rax)
	movq %rax, %rdx
	shrq $32, %rdx
	movl $MSR_GS_BASE, %ecx
	wrmsr
	/* boot_main(layout page as mapped, its guest-physical address, C-bit mask) */
	movl %edi, %edx
	shlq $32, %rdx
	movl %ebx, %esi
	movl %ebx, %edi
	subl %ebp, %edi
	movq $VIRTUAL_BASE, %rax
	addq %rax, %rdi
	xorl %ebp, %ebp
	call boot_main
	ud2

	.data
	.balign 8
cbit_probe:
	.quad 0

	.section .note.GNU-stack, "", @progbits
