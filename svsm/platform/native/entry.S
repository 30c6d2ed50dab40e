/* SPDX-License-Identifier: MIT */
/* The native platform's part of the entry code (boot/entry.S): there is no C-bit, and CPUID may be executed. */
#include <copra/native.h>

#define CPUID_1_ECX_RDRAND 30
#define CPUID_80000001_EDX_NX 20

/* enum terminate_reason (platform/platform.h); cpu/per_cpu.c asserts it */
#define REASON_CPUID_INVALID 7

	.section .text.entry, "ax", @progbits
	.code32
	.globl platform_entry_check
/* EDI = 0: no bit to set in page tables. RDRAND and NX are there, or no return. Changes EAX, ECX, EDX. */
platform_entry_check:
	pushl %ebx
	movl $1, %eax
	cpuid
	btl $CPUID_1_ECX_RDRAND, %ecx
	jnc cpuid_invalid
	movl $0x80000001, %eax
	cpuid
	btl $CPUID_80000001_EDX_NX, %edx
	jnc cpuid_invalid
	popl %ebx
	xorl %edi, %edi
	ret

cpuid_invalid:
	movl $REASON_CPUID_INVALID, %eax

	.globl platform_entry_terminate
/* EAX = reason. The bytes mean the same in 32-bit and 64-bit mode. */
platform_entry_terminate:
	addl $NATIVE_EXIT_TERMINATED, %eax
	movl $NATIVE_EXIT_PORT, %edx
	outl %eax, %dx
1:	hlt
	jmp 1b

	.section .note.GNU-stack, "", @progbits
