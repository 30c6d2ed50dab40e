/* SPDX-License-Identifier: MIT */
/*
 * SEV-SNP's part of the entry code (boot/entry.S). Without paging every access is private (APM volume 2, section 15.34.5). CPUID
 * would raise #VC, and there is no handler yet, so the leaves are read from the page that the PSP has checked.
 */
#include "cpu/asm_offsets.h"

#define MSR_GHCB 0xC0010130
#define CPUID_MAX_ENTRIES 64
#define CPUID_ENTRY_SIZE 48
#define CPUID_ENTRY_EBX 28
#define CPUID_ENTRY_ECX 32
#define CPUID_1_ECX_RDRAND 30

/* enum terminate_reason (platform/platform.h); cpu/per_cpu.c asserts them */
#define REASON_CPUID_INVALID 7
#define REASON_CBIT 18
/* GHCB termination request, reason set 4 (56421, section 2.3.1); the reason goes to bits 23:16 */
#define TERMINATE_REQUEST 0x4100

	.section .text.entry, "ax", @progbits
	.code32
	.globl platform_entry_check
/* EBX = layout page; EDI = the C-bit's mask in a high dword; RDRAND is there. Or no return. Changes EAX, ECX, ESI. */
platform_entry_check:
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
	ret

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

cpuid_invalid:
	movl $REASON_CPUID_INVALID, %eax
	jmp platform_entry_terminate
cbit_invalid:
	movl $REASON_CBIT, %eax

	.globl platform_entry_terminate
/* EAX = reason. The bytes mean the same in 32-bit and 64-bit mode. */
platform_entry_terminate:
	shll $16, %eax
	orl $TERMINATE_REQUEST, %eax
	movl $MSR_GHCB, %ecx
	xorl %edx, %edx
	wrmsr
	rep
	vmmcall
1:	hlt
	jmp 1b

	.section .note.GNU-stack, "", @progbits
