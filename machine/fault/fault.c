/* SPDX-License-Identifier: MIT */
#include "fault/fault.h"

#include <copra/sev.h>

#include "trace/trace.h"
#include "words.h"

struct fault {
	enum fault_kind kind;
	u64 when; /* strikes the when-th time that it could */
	u64 argument;
	u64 count;
};

static struct fault fault_plan[FAULT_ENTRIES_MAX];
static u32 fault_entries;

#define PAGE_BITS (PAGE_SIZE * 8U)

/* An argument outside of [least, most] would do nothing. most 0: the kind takes none. */
struct fault_rule {
	const char *name;
	u64 least, most;
};

static const struct fault_rule fault_rules[FAULT_COUNT] = {
	[FAULT_REMAP] = {"remap", 0, UINT64_MAX},
	[FAULT_REMAP_USER] = {"remap-user", 0, 0},
	[FAULT_PSC_IGNORED] = {"psc-ignored", 0, 0},
	[FAULT_CPUID_CHANGED] = {"cpuid-changed", 0, UINT32_MAX},
	[FAULT_GHCB_ADDRESS] = {"ghcb-address", 0, 0},
	[FAULT_HV_VECTOR] = {"hv-vector", 1, UINT8_MAX},
	[FAULT_HV_LOST] = {"hv-lost", 0, 0},
	[FAULT_HV_REPEATED] = {"hv-repeated", 0, 0},
	[FAULT_PSP_BUSY] = {"psp-busy", 1, UINT64_MAX},
	[FAULT_PSP_DROP] = {"psp-drop", 0, 0},
	[FAULT_PSP_REPEAT] = {"psp-repeat", 0, 0},
	[FAULT_PSP_REORDER] = {"psp-reorder", 0, 0},
	[FAULT_PSP_DELAY] = {"psp-delay", 0, 0},
	[FAULT_PSP_TRUNCATE] = {"psp-truncate", 0, PAGE_SIZE - 1},
	[FAULT_PSP_ALTER] = {"psp-alter", 0, PAGE_BITS - 1},
	[FAULT_PSP_ALTER_REQUEST] = {"psp-alter-request", 0, PAGE_BITS - 1},
	[FAULT_RIGHTS_WAIT] = {"rights-wait", 0, 0},
	[FAULT_INJECT] = {"inject", 0, UINT64_MAX},
	[FAULT_END_IGNORED] = {"end-ignored", 0, 0},
	[FAULT_INJECT_USER] = {"inject-user", 0, UINT64_MAX},
};

#define VECTOR_MASK 0xFFULL
#define VECTOR_NMI 2U
#define EXCEPTIONS 32U
#define ERROR_CODE_MASK 0xFFFFFFFF00000000ULL

/* What VMRUN takes for EVENTINJ (APM volume 2, section 15.20), which is valid anyway. No software interrupts. */
static bool event_valid(u64 event)
{
	u64 vector = event & VECTOR_MASK;
	u64 type = event & EVENT_TYPE_MASK;
	bool has_code = (event & EVENT_ERROR_CODE_VALID) != 0;
	u64 known = VECTOR_MASK | EVENT_TYPE_MASK | EVENT_ERROR_CODE_VALID | (has_code ? ERROR_CODE_MASK : 0);
	if ((event & ~known) != 0) {
		return false;
	}
	switch (type) {
	case EVENT_TYPE_EXCEPTION:
		return vector != VECTOR_NMI && vector < EXCEPTIONS;
	case EVENT_TYPE_NMI:
		return vector == VECTOR_NMI && !has_code;
	default:
		return type == EVENT_TYPE_INTERRUPT && vector >= EXCEPTIONS && !has_code;
	}
}

static bool argument_valid(const struct fault *fault, bool given)
{
	const struct fault_rule *rule = &fault_rules[fault->kind];
	if ((fault->kind == FAULT_INJECT || fault->kind == FAULT_INJECT_USER) && !event_valid(fault->argument)) {
		return false;
	}
	return rule->most == 0 ? !given : given && fault->argument >= rule->least && fault->argument <= rule->most;
}

/* The number behind a separator; absent is allowed when text has no separator. */
static enum err number_after(struct span *head, char separator, u64 *number, bool *present)
{
	struct span tail = *head;
	struct span front = word_take(&tail, separator);
	*present = front.n < head->n;
	*head = front;
	return *present ? word_number(tail, number) : ERR_OK;
}

static enum err parse_entry(struct span entry, struct fault *fault)
{
	bool has_argument, has_when;
	*fault = (struct fault){.when = 1};
	if (number_after(&entry, ':', &fault->argument, &has_argument) != ERR_OK ||
	    number_after(&entry, '@', &fault->when, &has_when) != ERR_OK || fault->when == 0) {
		return ERR_INPUT;
	}
	for (u32 kind = 0; kind < FAULT_COUNT; kind++) {
		if (word_is(entry, fault_rules[kind].name)) {
			fault->kind = (enum fault_kind)kind;
			return argument_valid(fault, has_argument) ? ERR_OK : ERR_INPUT;
		}
	}
	return ERR_INPUT;
}

enum err fault_plan_set(struct span text, struct span *bad)
{
	u32 entries = 0;
	fault_entries = 0;
	while (text.n > 0) {
		struct span entry = word_take(&text, ',');
		*bad = entry;
		if (entries == FAULT_ENTRIES_MAX) {
			return ERR_NO_MEMORY;
		}
		enum err error = parse_entry(entry, &fault_plan[entries]);
		if (error != ERR_OK) {
			return error;
		}
		entries++;
	}
	fault_entries = entries;
	return ERR_OK;
}

enum err fault_plan_parse(struct span text)
{
	struct span bad = {0};
	enum err error = fault_plan_set(text, &bad);
	if (error != ERR_OK) {
		trace(TRACE_ALWAYS, NULL, "option-error", "fault=\"%.*s\"", (int)bad.n, (const char *)bad.p);
	}
	return error;
}

/* Counts one more time that the fault could strike, and says which one that is. The one when it does is in the trace. */
static u64 chance_count(struct fault *fault, const struct vcpu *vcpu)
{
	u64 count = __atomic_add_fetch(&fault->count, 1, __ATOMIC_RELAXED);
	if (count == fault->when) {
		trace(TRACE_ALWAYS, vcpu, "fault", "kind=%s when=%llu argument=0x%llx", fault_rules[fault->kind].name,
		      (unsigned long long)fault->when, (unsigned long long)fault->argument);
	}
	return count;
}

bool fault_due(enum fault_kind kind, const struct vcpu *vcpu, u64 *argument)
{
	bool due = false;
	for (u32 i = 0; i < fault_entries; i++) {
		struct fault *fault = &fault_plan[i];
		if (fault->kind == kind && chance_count(fault, vcpu) == fault->when) {
			*argument = fault->argument;
			due = true;
		}
	}
	return due;
}

bool fault_lasts(enum fault_kind kind, const struct vcpu *vcpu)
{
	bool lasts = false;
	for (u32 i = 0; i < fault_entries; i++) {
		struct fault *fault = &fault_plan[i];
		lasts |= fault->kind == kind && chance_count(fault, vcpu) >= fault->when;
	}
	return lasts;
}

bool fault_waits(enum fault_kind kind)
{
	bool waits = false;
	for (u32 i = 0; i < fault_entries; i++) {
		const struct fault *fault = &fault_plan[i];
		waits |= fault->kind == kind && __atomic_load_n(&fault->count, __ATOMIC_RELAXED) < fault->when;
	}
	return waits;
}

void fault_plan_end(void)
{
	for (u32 i = 0; i < fault_entries; i++) {
		const struct fault *fault = &fault_plan[i];
		u64 count = __atomic_load_n(&fault->count, __ATOMIC_RELAXED);
		if (count < fault->when) {
			trace(TRACE_ALWAYS, NULL, "fault-missed", "kind=%s when=%llu argument=0x%llx chances=%llu",
			      fault_rules[fault->kind].name, (unsigned long long)fault->when,
			      (unsigned long long)fault->argument, (unsigned long long)count);
		}
	}
}

void fault_failed(enum fault_kind kind, const struct vcpu *vcpu, enum err error)
{
	trace(TRACE_ALWAYS, vcpu, "fault-failed", "kind=%s error=\"%s\"", fault_rules[kind].name, err_name(error));
}
