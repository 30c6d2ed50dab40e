/* SPDX-License-Identifier: MIT */
/*
 * One local APIC, in software: xAPIC and x2APIC registers, timer, level interrupts. One per vCPU and VMPL. Pure: what
 * leaves the APIC (IPIs, end of level interrupts) is told to the caller. Intel SDM volume 3, chapter 11; APM volume 2,
 * chapter 16.
 */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"

#define APIC_BASE_ADDRESS 0xFEE00000ULL
#define APIC_BASE_BSP (1ULL << 8)
#define APIC_BASE_X2APIC (1ULL << 10)
#define APIC_BASE_ENABLED (1ULL << 11)

/* Registers by x2APIC number; the MMIO offset is the number times 16. */
enum apic_register {
	APIC_ID = 0x02,
	APIC_VERSION = 0x03,
	APIC_TPR = 0x08,
	APIC_PPR = 0x0A,
	APIC_EOI = 0x0B,
	APIC_LDR = 0x0D,
	APIC_DFR = 0x0E,
	APIC_SVR = 0x0F,
	APIC_ISR = 0x10,
	APIC_TMR = 0x18,
	APIC_IRR = 0x20,
	APIC_ESR = 0x28,
	APIC_ICR = 0x30,
	APIC_ICR_HIGH = 0x31,
	APIC_LVT_TIMER = 0x32,
	APIC_LVT_THERMAL = 0x33,
	APIC_LVT_PERFORMANCE = 0x34,
	APIC_LVT_LINT0 = 0x35,
	APIC_LVT_LINT1 = 0x36,
	APIC_LVT_ERROR = 0x37,
	APIC_TIMER_INITIAL = 0x38,
	APIC_TIMER_CURRENT = 0x39,
	APIC_TIMER_DIVIDE = 0x3E,
	APIC_SELF_IPI = 0x3F,
};

#define APIC_SVR_ENABLED (1U << 8)
#define APIC_LVT_MASKED (1U << 16)
#define APIC_LVT_MODE_MASK 0x700U
#define APIC_LVT_MODE_EXTINT 0x700U
#define APIC_LVT_TIMER_MODE_MASK (3U << 17)
#define APIC_LVT_TIMER_PERIODIC (1U << 17)
#define APIC_LVT_TIMER_DEADLINE (2U << 17)

#define APIC_ICR_MODE(icr) ((u32)(icr) >> 8 & 7U)
#define APIC_ICR_LOGICAL (1U << 11)
#define APIC_ICR_ASSERT (1U << 14)
#define APIC_ICR_SHORTHAND(icr) ((u32)(icr) >> 18 & 3U)
#define APIC_MODE_FIXED 0U
#define APIC_MODE_LOWEST 1U
#define APIC_MODE_NMI 4U
#define APIC_MODE_INIT 5U
#define APIC_MODE_STARTUP 6U
#define APIC_SHORTHAND_SELF 1U
#define APIC_SHORTHAND_ALL 2U
#define APIC_SHORTHAND_OTHERS 3U

#define APIC_NO_VECTOR UINT32_MAX
#define APIC_BUS_KHZ 1000000ULL /* what the timer counts at with divider 1 */

struct apic {
	u32 id;
	u64 base_msr; /* IA32_APIC_BASE */
	u32 irr[8], isr[8], tmr[8];
	u32 tpr, ldr, dfr, svr, esr, icr_high, icr_low;
	u32 lvt_timer, lvt_thermal, lvt_performance, lvt_lint0, lvt_lint1, lvt_error;
	u32 timer_initial, timer_divide;
	u64 timer_started; /* TSC at the last start */
	u64 deadline;      /* TSC at which the timer fires, 0 for never */

	u32 hv_presented;     /* vector that stands in the #HV doorbell page, 0 for none */
	u32 external_pending; /* vectors that the PIC handed over and nobody took yet: bit 8 and vector, 0 for none */
	bool nmi_pending, nmi_blocked;
	bool init_pending, startup_pending;
	bool reset_pending; /* its vCPU is to reset it, as INIT does, before it runs on */
};

/* What a register write means beyond the APIC itself. */
struct apic_effect {
	bool ended_level; /* a level interrupt ended: `vector` */
	bool send;        /* an interrupt command: `icr`, destination in bits 63:32 as in x2APIC mode */
	bool routing;     /* LDR, DFR or LVT LINT0 changed */
	u32 vector;
	u64 icr;
};

/* The state after reset. first: of the vCPU that starts alone (its LINT0 takes interrupts of the PIC). */
void apic_reset(struct apic *apic, u32 id, bool first);

/*
 * INIT: as after reset, but for its ID and mode (SDM, sections 11.4.7.3 and 11.12.5.1), and for the interrupts: apic_drop takes them.
 * On its own CPU, while others may post.
 */
void apic_init(struct apic *apic);
/* Forgets the highest interrupt that waits (in service). level: its end is owed. APIC_NO_VECTOR when there is none. */
u32 apic_drop(struct apic *apic, bool in_service, bool *level);

static inline bool apic_is_x2apic(const struct apic *apic)
{
	return (apic->base_msr & APIC_BASE_X2APIC) != 0;
}

/* False: no such register, or not readable. now and khz: the TSC and its frequency. */
bool apic_read(const struct apic *apic, u32 number, u64 now, u64 khz, u64 *value);
/* False: no such register, or a reserved value (#GP in x2APIC mode; ignored in xAPIC mode). */
bool apic_write(struct apic *apic, u32 number, u64 value, struct apic_effect *effect);
/* The timer's part of a write to TIMER_INITIAL, TIMER_DIVIDE or LVT_TIMER; call it after apic_write. */
void apic_timer_restart(struct apic *apic, u32 number, u64 now, u64 khz);
/* IA32_APIC_BASE and IA32_TSC_DEADLINE. False: #GP. */
bool apic_base_write(struct apic *apic, u64 value);
void apic_deadline_write(struct apic *apic, u64 value);
u64 apic_deadline_read(const struct apic *apic);

/* What becomes of an interrupt that arrives. */
enum apic_arrival {
	APIC_LOST,   /* the APIC is off or the vector illegal */
	APIC_MERGED, /* the same interrupt waits already: the two are delivered as one */
	APIC_POSTED,
};

/* An interrupt arrives; from any CPU. */
enum apic_arrival apic_post(struct apic *apic, u32 vector, bool level);
/* The vector that the timer asks for because it is due, for apic_post; APIC_NO_VECTOR when it is not, or masked. */
u32 apic_timer_poll(struct apic *apic, u64 now, u64 khz);

/* The vector to deliver now: highest of IRR, above the processor priority. APIC_NO_VECTOR when there is none. */
u32 apic_deliverable(const struct apic *apic);
/*
 * On its way to the processor: out of IRR, so that the same interrupt can arrive again meanwhile. Then either the processor took it,
 * and it is in service, or it did not, and it waits again (withdraw: APIC_MERGED when it arrived again meanwhile).
 */
void apic_present(struct apic *apic, u32 vector);
void apic_accept(struct apic *apic, u32 vector);
enum apic_arrival apic_withdraw(struct apic *apic, u32 vector);

u32 apic_logical_id(const struct apic *apic); /* LDR as the mode in use gives it */
/* Whether an interrupt command with that destination (icr, as in apic_effect) is for this APIC; no shorthands. */
bool apic_matches(const struct apic *apic, u64 icr, bool sender_x2apic);
