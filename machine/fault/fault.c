/* SPDX-License-Identifier: MIT */
#include "fault/fault.h"

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

static const char *const fault_names[FAULT_COUNT] = {
	[FAULT_REMAP] = "remap",
	[FAULT_REMAP_USER] = "remap-user",
	[FAULT_PSC_IGNORED] = "psc-ignored",
	[FAULT_CPUID_CHANGED] = "cpuid-changed",
	[FAULT_GHCB_ADDRESS] = "ghcb-address",
	[FAULT_HV_VECTOR] = "hv-vector",
	[FAULT_HV_LOST] = "hv-lost",
	[FAULT_HV_REPEATED] = "hv-repeated",
	[FAULT_PSP_BUSY] = "psp-busy",
	[FAULT_PSP_DROP] = "psp-drop",
	[FAULT_PSP_REPEAT] = "psp-repeat",
	[FAULT_PSP_REORDER] = "psp-reorder",
	[FAULT_PSP_DELAY] = "psp-delay",
	[FAULT_PSP_TRUNCATE] = "psp-truncate",
	[FAULT_PSP_ALTER] = "psp-alter",
	[FAULT_PSP_ALTER_REQUEST] = "psp-alter-request",
};

static bool argument_needed(enum fault_kind kind)
{
	switch (kind) {
	case FAULT_REMAP:
	case FAULT_CPUID_CHANGED:
	case FAULT_HV_VECTOR:
	case FAULT_PSP_BUSY:
	case FAULT_PSP_TRUNCATE:
	case FAULT_PSP_ALTER:
	case FAULT_PSP_ALTER_REQUEST:
		return true;
	default:
		return false;
	}
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
		if (word_is(entry, fault_names[kind])) {
			fault->kind = (enum fault_kind)kind;
			return has_argument == argument_needed(fault->kind) ? ERR_OK : ERR_INPUT;
		}
	}
	return ERR_INPUT;
}

enum err fault_plan_set(struct span text, struct span *bad)
{
	fault_entries = 0;
	while (text.n > 0) {
		struct span entry = word_take(&text, ',');
		*bad = entry;
		if (fault_entries == FAULT_ENTRIES_MAX) {
			return ERR_NO_MEMORY;
		}
		enum err error = parse_entry(entry, &fault_plan[fault_entries]);
		if (error != ERR_OK) {
			return error;
		}
		fault_entries++;
	}
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

bool fault_due(enum fault_kind kind, const struct vcpu *vcpu, u64 *argument)
{
	bool due = false;
	for (u32 i = 0; i < fault_entries; i++) {
		struct fault *fault = &fault_plan[i];
		if (fault->kind == kind && __atomic_add_fetch(&fault->count, 1, __ATOMIC_RELAXED) == fault->when) {
			*argument = fault->argument;
			due = true;
			trace(TRACE_ALWAYS, vcpu, "fault", "kind=%s when=%llu argument=0x%llx", fault_names[kind],
			      (unsigned long long)fault->when, (unsigned long long)fault->argument);
		}
	}
	return due;
}
