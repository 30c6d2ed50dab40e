/* SPDX-License-Identifier: MIT */
/*
 * The two exits that must not happen while a signal waits. RDI = flags byte of the doorbell page; EAX = 1 when the exit happened.
 * An #HV between test and exit moves RIP to doorbell_exit_cancel: doorbell_signalled (platform/snp/doorbell.c) knows the windows,
 * which therefore end behind the exit's own first byte.
 */
#define NO_FURTHER_SIGNAL 0x80

	.text
	.globl doorbell_vmgexit
	.globl doorbell_vmgexit_window
	.globl doorbell_vmgexit_window_end
doorbell_vmgexit:
doorbell_vmgexit_window:
	testb $NO_FURTHER_SIGNAL, (%rdi)
	jnz doorbell_exit_cancel
	rep
	vmmcall
doorbell_vmgexit_window_end:
	movl $1, %eax
	ret

	.globl doorbell_halt
	.globl doorbell_halt_window
	.globl doorbell_halt_window_end
doorbell_halt:
doorbell_halt_window:
	testb $NO_FURTHER_SIGNAL, (%rdi)
	jnz doorbell_exit_cancel
	hlt
doorbell_halt_window_end:
	movl $1, %eax
	ret

	.globl doorbell_exit_cancel
doorbell_exit_cancel:
	xorl %eax, %eax
	ret

	.section .note.GNU-stack, "", @progbits
