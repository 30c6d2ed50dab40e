/* SPDX-License-Identifier: MIT */
/*
 * A test program as the firmware of any SVSM: from the reset vector, in real mode, to 64-bit mode with an identity map of 4 GiB, where
 * the program is entered as a flat one is (copra/boot.h): RDI = calling area; and RSI = secrets page.
 * What it needs it finds as OVMF does: SEV metadata behind the GUIDed table at the image's end name a page each for secrets, CPUID
 * table and calling area, and the memory that has to be there. Without paging every access is private.
 */
#include "firmware/places.h"

#define CODE32 0x08
#define CODE64 0x10
#define DATA 0x18

#define MSR_EFER 0xC0000080
#define EFER_LME 0x100
#define CR0_PE 0x1
#define CR0_LONG_MODE 0x80010033
#define CR4_PAE 0x20

/* CPUID page: count, then entries of 48 bytes; leaf 0x8000001F, EBX[5:0] is where the C-bit sits. SNP ABI (56860), section 8.14.2.6 */
#define CPUID_FIRST 16
#define CPUID_SIZE 48
#define CPUID_EBX 28
#define LEAF_SEV 0x8000001F

#define SECRETS_CALLING_AREA 0x150 /* SVSM (58019), chapter 4 */

#define ENTRY_TABLE 0x3  /* present, writable */
#define ENTRY_LARGE 0x83 /* and 2 MiB */

	.section .loader, "awx"
	.code32
	/* ESP is not used: there is no stack. */
start32:
	mov	$DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	cld
	mov	$payload, %esi
	mov	$FIRMWARE_PROGRAM, %edi
	mov	$payload_words, %ecx
	rep movsl

	/* EBX = high half of an entry with the C-bit */
	mov	$(FIRMWARE_CPUID + CPUID_FIRST), %esi
	mov	FIRMWARE_CPUID, %ecx
1:	cmpl	$LEAF_SEV, (%esi)
	je	2f
	add	$CPUID_SIZE, %esi
	loop	1b
	jmp	stop
2:	mov	CPUID_EBX(%esi), %ecx
	and	$63, %ecx
	sub	$32, %ecx
	jb	stop
	mov	$1, %ebx
	shl	%cl, %ebx

	/* PML4, one PDPT, four directories of 2 MiB pages */
	mov	$FIRMWARE_TABLES, %edi
	movl	$(FIRMWARE_TABLES + 0x1000 + ENTRY_TABLE), (%edi)
	mov	%ebx, 4(%edi)
	mov	$(FIRMWARE_TABLES + 0x2000 + ENTRY_TABLE), %eax
	mov	$4, %ecx
3:	mov	%eax, 0x1000(%edi)
	mov	%ebx, 0x1004(%edi)
	add	$0x1000, %eax
	add	$8, %edi
	loop	3b
	mov	$(FIRMWARE_TABLES + 0x2000), %edi
	mov	$ENTRY_LARGE, %eax
	mov	$2048, %ecx
4:	mov	%eax, (%edi)
	mov	%ebx, 4(%edi)
	add	$0x200000, %eax
	add	$8, %edi
	loop	4b

	mov	$FIRMWARE_TABLES, %eax
	mov	%eax, %cr3
	mov	%cr4, %eax
	or	$CR4_PAE, %eax
	mov	%eax, %cr4
	mov	$MSR_EFER, %ecx
	rdmsr
	or	$EFER_LME, %eax
	wrmsr
	mov	$CR0_LONG_MODE, %eax
	mov	%eax, %cr0
	ljmp	$CODE64, $start64

	/* There is nobody to tell: no GHCB, no console. */
stop:	hlt
	jmp	stop

	.code64
start64:
	mov	$FIRMWARE_SECRETS, %esi
	mov	SECRETS_CALLING_AREA(%rsi), %rdi
	mov	$FIRMWARE_PROGRAM, %eax
	jmp	*%rax

	.balign	8
gdt:
	.quad	0
	.quad	0x00CF9B000000FFFF /* 32-bit code */
	.quad	0x00AF9B000000FFFF /* 64-bit code */
	.quad	0x00CF93000000FFFF /* data */
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.long	gdt

	.code16
start16:
	cli
	lgdtl	%cs:(gdt_pointer - image_top + 0x10000)
	mov	%cr0, %eax
	or	$CR0_PE, %al
	mov	%eax, %cr0
	ljmpl	$CODE32, $start32

	/* SEV metadata: header, then base, size, type of each section */
	.balign	16
metadata:
	.ascii	"ASEV"
	.long	metadata_end - metadata
	.long	1
	.long	(metadata_end - sections) / 12
sections:
	.long	FIRMWARE_TABLES, FIRMWARE_TABLES_SIZE, 1
	.long	FIRMWARE_SECRETS, 0x1000, 2
	.long	FIRMWARE_CPUID, 0x1000, 3
	.long	FIRMWARE_CALLING_AREA, 0x1000, 4
	.long	FIRMWARE_PROGRAM, payload_size, 1
metadata_end:

	/* For a program that wants some; who starts it writes them into the image. */
	.org	0x800
	.ascii	"COPRAPRM"
	.quad	0, 0

	/* The GUIDed table: data, length and GUID of each entry; the footer last, 32 bytes before the end */
	.org	0xFE0 - 18 - 22
table:
	.long	image_top - metadata
	.word	22
	.byte	0x66, 0x65, 0x88, 0xDC, 0x4A, 0x98, 0x98, 0x47, 0xA7, 0x5E, 0x55, 0x85, 0xA7, 0xBF, 0x67, 0xCC
	.word	table_end - table
	.byte	0xDE, 0x82, 0xB5, 0x96, 0xB2, 0x1F, 0xF7, 0x45, 0xBA, 0xEA, 0xA3, 0x66, 0xC5, 0x5A, 0x08, 0x2D
table_end:

	/* The reset vector: CS base is 0xFFFF0000. */
	.org	0xFF0
	.code16
	jmp	start16
	.org	0x1000
image_top:

	.section .note.GNU-stack, "", @progbits
