/* SPDX-License-Identifier: MIT */
/*
 * probe_cmpxchg16b(memory): RFLAGS after CMPXCHG16B on 16 aligned bytes, with operands of a comparison before it that show where
 * an emulated processor takes them for flags. RDI: u64[2].
 */
	.text
	.globl probe_cmpxchg16b
probe_cmpxchg16b:
	pushq %rbx
	pushfq
	popq %rax
	pushq %rax
	popfq
	xorl %eax, %eax
	xorl %edx, %edx
	xorl %ebx, %ebx
	movl $0x7FFFFFFF, %ecx
	cmpq %rcx, %rdi
	lock cmpxchg16b (%rdi)
	pushfq
	popq %rax
	pushq $2
	popfq
	popq %rbx
	ret
