/* SPDX-License-Identifier: MIT */
/* Where doorbell_exit.S has its windows, of the same kind but other sizes; #HV is not delivered here. */
	.section .rodata
	.globl doorbell_vmgexit_window, doorbell_vmgexit_window_end
	.globl doorbell_halt_window, doorbell_halt_window_end, doorbell_exit_cancel
doorbell_vmgexit_window:
	.skip 8
doorbell_vmgexit_window_end:
	.skip 8
doorbell_halt_window:
	.skip 6
doorbell_halt_window_end:
	.skip 8
doorbell_exit_cancel:
	.skip 2
	.section .note.GNU-stack, "", @progbits
