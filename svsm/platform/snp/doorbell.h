/* SPDX-License-Identifier: MIT */
/*
 * Restricted injection: the host may only raise #HV and leave a word in the doorbell page (56421, section 4.1.12; APM volume 2,
 * section 15.36.16). The SVSM runs with interrupts off, and reads the page before it gives up the CPU. #HV comes in spite of that,
 * once, until the SVSM clears NoFurtherSignal. A CPU without a doorbell is never signalled.
 */
#pragma once

#include <copra/ghcb.h>

#include "base/err.h"
#include "cpu/per_cpu.h"

/* Registers the page, which is shared. ERR_HOST. */
err_t doorbell_init(struct cpu *cpu, struct hv_doorbell *page);

/* The flags byte of this CPU's page; of a CPU without one: a byte that stays 0. */
const volatile u8 *doorbell_flags(void);

/*
 * Takes what is pending and allows the host to signal again: the vector, 0 for none. NMIs, which nobody asked for, are dropped and
 * counted; a machine check ends the SVSM.
 */
u8 doorbell_drain(void);

/* After a vector that was taken: whether the host waits to be told of the interrupt's end. */
bool doorbell_wants_end(void);

/* #HV: when the kernel stood between its last look at the page and the exit, *rip is moved so that the exit does not happen. */
void doorbell_signalled(u64 *rip);

/*
 * VMGEXIT and HLT unless the host has signalled since the last doorbell_drain (platform/snp/doorbell_exit.S). True when the exit
 * happened. flags: of the doorbell page.
 */
bool doorbell_vmgexit(const volatile u8 *flags);
bool doorbell_halt(const volatile u8 *flags);
