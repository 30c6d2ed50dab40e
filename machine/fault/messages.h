/* SPDX-License-Identifier: MIT */
/* What a host that lies does to the messages between guest and PSP (docs/faults.md). Pages are of 4 KiB. */
#pragma once

#include "cpu/vcpu.h"

/* True: the guest is told that the PSP is busy, and nothing is sent. */
bool message_fault_busy(const struct vcpu *vcpu);

/* May change the request. False: it must not reach the PSP at all. */
bool message_fault_before(const struct vcpu *vcpu, u8 *request);

enum message_fate {
	MESSAGE_ARRIVES, /* the response, whatever it is by now, goes to the guest */
	MESSAGE_BUSY, /* the guest is told that the PSP was busy; the response waits for the same request to come again */
};

/* May put something else in the place of the response. */
enum message_fate message_fault_after(const struct vcpu *vcpu, const u8 *request, u8 *response);
