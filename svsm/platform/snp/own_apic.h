/* SPDX-License-Identifier: MIT */
/*
 * VMPL0's own x2APIC on the current CPU, which the host emulates; its registers are MSRs, reached by the NAE event for them
 * (56421, section 4.1; APM volume 2, section 16.11). Its interrupts come by the doorbell (platform/snp/doorbell.h).
 */
#pragma once

#include "base/err.h"

#define OWN_APIC_TIMER_VECTOR 0x60U
#define OWN_APIC_KICK_VECTOR 0xE0U

/* x2APIC mode, on; the timer stopped. ERR_HOST when the host offers no such thing. */
err_t own_apic_init(void);
/* All of these: ERR_HOST. */
err_t own_apic_end(void);
/* One shot; 0 stops it. */
err_t own_apic_timer(u32 nanoseconds);
/* OWN_APIC_KICK_VECTOR to another CPU (NAE #HV IPI). */
err_t own_apic_kick(u32 apic_id);
