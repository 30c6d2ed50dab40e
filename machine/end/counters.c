/* SPDX-License-Identifier: MIT */
#include "end/counters.h"

#include "cpu/vcpu.h"
#include "trace/trace.h"

struct counter_name {
	const char *name;
	size_t offset;
};

#define COUNTER(field) \
	{ \
#field, offsetof(struct counters, field) \
	}

static const struct counter_name counter_names[] = {
	COUNTER(ticks),           COUNTER(own_ticks),          COUNTER(longest_absence),
	COUNTER(entries),         COUNTER(nested_faults),      COUNTER(vc_exceptions),
	COUNTER(vmgexits_msr),    COUNTER(vmgexits_ghcb),      COUNTER(vmgexits_refused),
	COUNTER(run_vmpl),        COUNTER(page_state_changes), COUNTER(pvalidates),
	COUNTER(rmpadjusts),      COUNTER(rmpqueries),         COUNTER(interrupts),
	COUNTER(hv_signals),      COUNTER(interrupts_timer),   COUNTER(interrupts_device),
	COUNTER(interrupts_ipi),  COUNTER(interrupts_nmi),     COUNTER(interrupts_merged),
	COUNTER(interrupts_lost), COUNTER(interrupts_taken),
};

static void counter_write(const struct vcpu *as, const char *name, u64 value)
{
	if (value != 0) {
		trace(TRACE_ALWAYS, as, "counter", "name=%s value=%llu", name, (unsigned long long)value);
	}
}

static void exit_counters_write(const struct vcpu *as, const struct counters *counters)
{
	for (u32 code = 0; code < COUNTERS_EXIT_CODES; code++) {
		if (counters->exits[code] != 0) {
			trace(TRACE_ALWAYS, as, "counter", "name=exit_%02x value=%llu", code,
			      (unsigned long long)counters->exits[code]);
		}
	}
}

static void context_counters_write(const struct vcpu *vcpu, u32 vmpl)
{
	struct vcpu as = {.index = vcpu->index, .vmpl = vmpl};
	const struct counters *counters = &vcpu->context[vmpl].counters;
	for (size_t i = 0; i < ARRAY_SIZE(counter_names); i++) {
		const u8 *field = (const u8 *)counters + counter_names[i].offset;
		counter_write(&as, counter_names[i].name, *(const u64 *)(const void *)field);
	}
	exit_counters_write(&as, counters);
}

void counters_write(void)
{
	for (u32 i = 0; i < vcpu_count(); i++) {
		for (u32 vmpl = 0; vmpl < VMPL_COUNT; vmpl++) {
			context_counters_write(vcpu_at(i), vmpl);
		}
	}
}
