/* SPDX-License-Identifier: MIT */
#include "fault/messages.h"

#include "base/addr.h"
#include "base/mem.h"
#include "fault/fault.h"

/* Serialized by the caller. */
static struct {
	u64 busy;               /* that many requests more are turned away */
	u8 last[PAGE_SIZE];     /* the response before */
	u8 withheld[PAGE_SIZE]; /* a response that comes with the next request */
	bool has_withheld;
	u8 late_request[PAGE_SIZE]; /* a request that was carried out behind the guest's back, and its response */
	u8 late_response[PAGE_SIZE];
	bool has_late;
} host;

static void bit_flip(u8 *page, u64 bit)
{
	page[bit / 8] ^= (u8)(1U << bit % 8);
}

bool message_fault_busy(const struct vcpu *vcpu)
{
	u64 count;
	if (fault_due(FAULT_PSP_BUSY, vcpu, &count)) {
		host.busy = count;
	}
	if (host.busy == 0) {
		return false;
	}
	host.busy--;
	return true;
}

bool message_fault_before(const struct vcpu *vcpu, u8 *request)
{
	u64 bit;
	if (host.has_late && memcmp(request, host.late_request, PAGE_SIZE) == 0) {
		return false;
	}
	if (fault_due(FAULT_PSP_DROP, vcpu, &bit)) {
		return false;
	}
	if (fault_due(FAULT_PSP_ALTER_REQUEST, vcpu, &bit)) {
		bit_flip(request, bit);
	}
	return true;
}

/* The response comes in the place of the next one, which comes after it. */
static void response_reorder(const struct vcpu *vcpu, u8 *response)
{
	u64 argument;
	u8 *withheld = host.withheld;
	if (host.has_withheld) {
		for (u32 i = 0; i < PAGE_SIZE; i++) {
			u8 byte = withheld[i];
			withheld[i] = response[i];
			response[i] = byte;
		}
		host.has_withheld = false;
	} else if (fault_due(FAULT_PSP_REORDER, vcpu, &argument)) {
		memcpy(withheld, response, PAGE_SIZE);
		memcpy(response, host.last, PAGE_SIZE);
		host.has_withheld = true;
	}
}

enum message_fate message_fault_after(const struct vcpu *vcpu, const u8 *request, u8 *response)
{
	u64 argument;
	u8 *last = host.last;
	if (host.has_late && memcmp(request, host.late_request, PAGE_SIZE) == 0) {
		memcpy(response, host.late_response, PAGE_SIZE);
		host.has_late = false;
	} else if (fault_due(FAULT_PSP_DELAY, vcpu, &argument)) {
		memcpy(host.late_request, request, PAGE_SIZE);
		memcpy(host.late_response, response, PAGE_SIZE);
		host.has_late = true;
		return MESSAGE_BUSY;
	}
	response_reorder(vcpu, response);
	if (fault_due(FAULT_PSP_REPEAT, vcpu, &argument)) {
		memcpy(response, last, PAGE_SIZE);
	}
	if (fault_due(FAULT_PSP_TRUNCATE, vcpu, &argument)) {
		memset(response + argument, 0, PAGE_SIZE - argument);
	}
	if (fault_due(FAULT_PSP_ALTER, vcpu, &argument)) {
		bit_flip(response, argument);
	}
	memcpy(last, response, PAGE_SIZE);
	return MESSAGE_ARRIVES;
}
