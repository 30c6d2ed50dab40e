/* SPDX-License-Identifier: MIT */
/*
 * svm_enter(vmsa, vmcb, host_vmcb, kicked): runs the guest until it exits. General registers but RAX and RSP come from and go to
 * the VMSA; the rest is in the control block. RDI: struct vmsa *; RSI, RDX: physical addresses of control blocks; RCX: u64 *, the
 * guest is not entered when it is set (a kick came just before). Returns true when the guest ran.
 *
 * GIF is off around VMRUN, so that interrupts and NMIs either end the guest's run or wait for STGI. IF is on inside, because
 * physical interrupts are masked by the host's IF while V_INTR_MASKING is set.
 */
#define VMSA_RCX 0x308
#define VMSA_RDX 0x310
#define VMSA_RBX 0x318
#define VMSA_RBP 0x328
#define VMSA_RSI 0x330
#define VMSA_RDI 0x338
#define VMSA_R8 0x340

	.section .text.svm_enter, "ax"
	.globl svm_enter
svm_enter:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushq %rdx
	pushq %rdi
	xorl %eax, %eax
	clgi
	cmpq $0, (%rcx)
	jne out
	sti
	movq %rsi, %rax
	vmload %rax
	movq VMSA_RCX(%rdi), %rcx
	movq VMSA_RDX(%rdi), %rdx
	movq VMSA_RBX(%rdi), %rbx
	movq VMSA_RBP(%rdi), %rbp
	movq VMSA_RSI(%rdi), %rsi
	movq (VMSA_R8 + 0x00)(%rdi), %r8
	movq (VMSA_R8 + 0x08)(%rdi), %r9
	movq (VMSA_R8 + 0x10)(%rdi), %r10
	movq (VMSA_R8 + 0x18)(%rdi), %r11
	movq (VMSA_R8 + 0x20)(%rdi), %r12
	movq (VMSA_R8 + 0x28)(%rdi), %r13
	movq (VMSA_R8 + 0x30)(%rdi), %r14
	movq (VMSA_R8 + 0x38)(%rdi), %r15
	movq VMSA_RDI(%rdi), %rdi
	vmrun %rax
svm_left: /* known by name to tests/bench */
	vmsave %rax
	cli
	pushq %rdi
	movq 8(%rsp), %rdi
	popq VMSA_RDI(%rdi)
	movq %rcx, VMSA_RCX(%rdi)
	movq %rdx, VMSA_RDX(%rdi)
	movq %rbx, VMSA_RBX(%rdi)
	movq %rbp, VMSA_RBP(%rdi)
	movq %rsi, VMSA_RSI(%rdi)
	movq %r8, (VMSA_R8 + 0x00)(%rdi)
	movq %r9, (VMSA_R8 + 0x08)(%rdi)
	movq %r10, (VMSA_R8 + 0x10)(%rdi)
	movq %r11, (VMSA_R8 + 0x18)(%rdi)
	movq %r12, (VMSA_R8 + 0x20)(%rdi)
	movq %r13, (VMSA_R8 + 0x28)(%rdi)
	movq %r14, (VMSA_R8 + 0x30)(%rdi)
	movq %r15, (VMSA_R8 + 0x38)(%rdi)
	movq 8(%rsp), %rax
	vmload %rax
	movl $1, %eax
out:	stgi
	popq %rdi
	popq %rdx
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret
