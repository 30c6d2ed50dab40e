/* SPDX-License-Identifier: MIT */
/*
 * Where the launch VMSA starts the first CPU at VMPL0: 32-bit protected mode, no paging, interrupts off, EBX = layout page.
 * Without paging every access is private (APM volume 2, section 15.34.5). CPUID would raise #VC, and there is no handler
 * yet, so the leaves are read from the page that the PSP has checked.
 *
 * In use throughout: EBX layout page, EBP guest-physical base of the image, EDI the C-bit's mask in a high dword,
 * ESP the boot stack.
 */
#include "cpu/asm_offsets.h"

#define VIRTUAL_BASE 0xFFFFFFFF80000000
#define PHYSICAL(symbol) (symbol - VIRTUAL_BASE)(%ebp)

#define MSR_GHCB 0xC0010130
#define MSR_EFER 0xC0000080
#define MSR_GS_BASE 0xC0000101
#define EFER_LME_NXE 0x900
#define CR0_PG_WP_NE_MP_PE 0x80010023
#define CR4_PAE 0x20

#define CPUID_MAX_ENTRIES 64
#define CPUID_ENTRY_SIZE 48
#define CPUID_ENTRY_EBX 28
#define CPUID_ENTRY_ECX 32
#define CPUID_1_ECX_RDRAND 30

/* enum terminate_reason (platform/platform.h); cpu/per_cpu.c asserts them */
#define REASON_LAYOUT_INVALID 3
#define REASON_CPUID_INVALID 7
#define REASON_RANDOM 15
#define REASON_CBIT 18
/* GHCB termination request, reason set 4 (56421, section 2.3.1) */
#define TERMINATE_REQUEST(reason) (0x4100 | ((reason) << 16))

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

	/* The C-bit must fall into the high half of an entry's address bits 51:12. */
	movl $0x8000001F, %eax
	call cpuid_entry_find
	movl CPUID_ENTRY_EBX(%esi), %ecx
	andl $0x3F, %ecx
	subl $32, %ecx
	jb cbit_invalid
	cmpl $51 - 32, %ecx
	ja cbit_invalid
	movl $1, %edi
	shll %cl, %edi

	movl $1, %eax
	call cpuid_entry_find
	btl $CPUID_1_ECX_RDRAND, CPUID_ENTRY_ECX(%esi)
	jnc cpuid_invalid

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

/* EAX = leaf; ESI = its entry in the CPUID page, or no return. Changes ECX. Sub-leaf 0 comes first in every page. */
cpuid_entry_find:
	movl LAYOUT_OFFSET_CPUID(%ebx), %esi
	movl (%esi), %ecx
	cmpl $CPUID_MAX_ENTRIES, %ecx
	jbe 1f
	movl $CPUID_MAX_ENTRIES, %ecx
1:	addl $16, %esi
2:	testl %ecx, %ecx
	jz cpuid_invalid
	cmpl %eax, (%esi)
	je 3f
	addl $CPUID_ENTRY_SIZE, %esi
	decl %ecx
	jmp 2b
3:	ret

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
	movl $TERMINATE_REQUEST(REASON_RANDOM), %eax
	jmp terminate
2:	ret

layout_invalid:
	movl $TERMINATE_REQUEST(REASON_LAYOUT_INVALID), %eax
	jmp terminate
cpuid_invalid:
	movl $TERMINATE_REQUEST(REASON_CPUID_INVALID), %eax
	jmp terminate
cbit_invalid:
	movl $TERMINATE_REQUEST(REASON_CBIT), %eax
/* EAX = request. The bytes mean the same in 32-bit and 64-bit mode. */
terminate:
	movl $MSR_GHCB, %ecx
	xorl %edx, %edx
	wrmsr
	rep
	vmmcall
1:	hlt
	jmp 1b

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
1:	movl $TERMINATE_REQUEST(REASON_CBIT), %eax
	jmp terminate
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
