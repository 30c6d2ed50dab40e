/* SPDX-License-Identifier: MIT */
/*
 * First instruction of a test program (copra/boot.h, BOOT_GUEST_PROGRAM): 64-bit mode, identity map, RIP here,
 * RDI = calling area, RSI = secrets page where it is told of one. There is no stack and no descriptor table to rely on; we
 * bring our own and call
 * void program_main(u64 calling_area, const struct secrets_page *secrets).
 */
#define CODE_SELECTOR 0x08
#define DATA_SELECTOR 0x10

	.section .text.entry, "ax"
	.globl program_entry
program_entry:
	cli
	cld
	lea	stack_top(%rip), %rsp
	lgdt	gdt_pointer(%rip)
	mov	$DATA_SELECTOR, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	push	$CODE_SELECTOR
	lea	1f(%rip), %rax
	push	%rax
	lretq
1:	mov	%rdi, %rbx
	mov	%rsi, %r12
	call	traps_install
	xor	%edi, %edi
	call	cpu_install
	mov	%rbx, %rdi
	mov	%r12, %rsi
	xor	%ebp, %ebp
	call	program_main
2:	hlt
	jmp	2b

/*
 * void svsm_vmgexit(struct svsm_registers *r): VMGEXIT with the registers of *r, which afterwards holds what came back.
 * Order in the structure: rax rcx rdx rbx rsi rdi r8 .. r15.
 */
	.text
	.globl svsm_vmgexit
svsm_vmgexit:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	push	%rdi
	mov	0x00(%rdi), %rax
	mov	0x08(%rdi), %rcx
	mov	0x10(%rdi), %rdx
	mov	0x18(%rdi), %rbx
	mov	0x20(%rdi), %rsi
	mov	0x30(%rdi), %r8
	mov	0x38(%rdi), %r9
	mov	0x40(%rdi), %r10
	mov	0x48(%rdi), %r11
	mov	0x50(%rdi), %r12
	mov	0x58(%rdi), %r13
	mov	0x60(%rdi), %r14
	mov	0x68(%rdi), %r15
	mov	0x28(%rdi), %rdi
	rep; vmmcall
	xchg	%rdi, (%rsp)
	mov	%rax, 0x00(%rdi)
	mov	%rcx, 0x08(%rdi)
	mov	%rdx, 0x10(%rdi)
	mov	%rbx, 0x18(%rdi)
	mov	%rsi, 0x20(%rdi)
	mov	%r8, 0x30(%rdi)
	mov	%r9, 0x38(%rdi)
	mov	%r10, 0x40(%rdi)
	mov	%r11, 0x48(%rdi)
	mov	%r12, 0x50(%rdi)
	mov	%r13, 0x58(%rdi)
	mov	%r14, 0x60(%rdi)
	mov	%r15, 0x68(%rdi)
	pop	%rax
	mov	%rax, 0x28(%rdi)
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

/* One stub per exception: pushes a code where the processor does not, then the vector, and reports. */
	.macro	stub vector
trap_stub_\vector:
	.if	\vector != 8 && (\vector < 10 || \vector > 14) && \vector != 17 && \vector != 21 && \vector != 29 && \vector != 30
	push	$0
	.endif
	push	$\vector
	jmp	trap_common
	.endm

	.altmacro
	.set	i, 0
	.rept	32
	stub	%i
	.set	i, i + 1
	.endr

trap_common:
	mov	%rsp, %rdi
	and	$-16, %rsp
	call	trap_report
1:	hlt
	jmp	1b

	.globl traps_load
traps_load:
	lidt	(%rdi)
	ret

	.section .rodata
	.macro	stub_address vector
	.quad	trap_stub_\vector
	.endm
	.balign	8
	.globl trap_stubs
trap_stubs:
	.set	i, 0
	.rept	32
	stub_address %i
	.set	i, i + 1
	.endr

	.balign	8
gdt:
	.quad	0
	.quad	0x00AF9B000000FFFF /* 64-bit code */
	.quad	0x00CF93000000FFFF /* data */
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.quad	gdt

	.section .bss
	.balign	16
	.skip	16384
stack_top:

	.section .note.GNU-stack, "", @progbits
