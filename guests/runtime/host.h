/* SPDX-License-Identifier: MIT */
/*
 * The host as a test program talks to it: GHCB MSR protocol, then a GHCB of its own with console, ports, page states.
 * GHCB Standardization (56421), sections 2.3 and 4.1.
 */
#pragma once

#include <copra/ghcb.h>

#include "base/compiler.h"

/* Termination of test programs: set 1, and one of these reasons, which Linux does not use. */
#define PROGRAM_TERMINATE_SET 1U
enum program_reason {
	PROGRAM_TRAP = 40,    /* an exception that the program did not ask for */
	PROGRAM_NO_GHCB = 41, /* its GHCB could not be set up */
	PROGRAM_ON_PURPOSE = 42,
	PROGRAM_NO_POWER = 43, /* the machine is still on after power-off */
};

/* One request by MSR; the answer as it stands in the MSR. The MSR names the GHCB again afterwards, if there is one. */
u64 host_msr_request(u64 request);

noreturn_fn void host_terminate(enum program_reason reason);

/* The GHCB, cleared for a new event of that code; NULL before host_open. */
volatile struct ghcb *host_event(u64 code, u64 info1, u64 info2);
/* Result of the event that was just sent: the low half of SW_EXITINFO1. */
u32 host_event_result(void);
/* Sends the event as it stands in the GHCB; same result. */
u32 host_event_send(void);
/* Guest-physical address of this CPU's GHCB, those of the CPUs one behind the other: shared pages once they are open (runtime/host_open.h). */
u64 host_ghcb_address(void);

/* Makes one page of that size private or shared (PSC_OP_*) by a GHCB event. True when the host did it. */
bool host_page_state(u64 page, bool large, u64 operation);

/* AP creation: the host runs that VMSA at that VMPL, or runs none any more. True when it agreed. */
bool host_cpu_run(u32 apic_id, u32 vmpl, u64 vmsa, u64 features);
bool host_cpu_stop(u32 apic_id, u32 vmpl, u64 vmsa);

/* SEV_FEATURES that this CPU runs with. */
u64 host_sev_features(void);

/* Initial APIC ID of this CPU, by CPUID from the host. */
u32 host_apic_id(void);

/* Seconds since the first call, by the PC's clock; for one CPU, and at least once a minute. */
u64 host_seconds(void);

void host_port_write(u32 port, u32 size_flag, u32 value);
u32 host_port_read(u32 port, u32 size_flag);

/* Formats like lib/base/text.h to the first serial port. Nothing before host_open. */
void host_print(const char *format, ...) printf_like(1, 2);

/* ACPI S5 on a q35 board: SLP_EN in the PM1a control register. */
noreturn_fn void host_power_off(void);
