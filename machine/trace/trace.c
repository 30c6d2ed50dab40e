/* SPDX-License-Identifier: MIT */
#include "trace/trace.h"

#include "base/text.h"
#include "cpu/vcpu.h"
#include "x86/instructions.h"
#include "x86/lock.h"

#define TRACE_PORT 0xE9U
#define TRACE_RECORD_MAX 512U

u32 trace_classes;
static u64 trace_start;
static struct lock trace_lock;

static u64 trace_ticks(void)
{
	u64 now = tsc_read();
	if (trace_start == 0) {
		trace_start = now;
	}
	return now - trace_start;
}

static void record_begin(struct text *record, const struct vcpu *vcpu, const char *event)
{
	unsigned long long ticks = trace_ticks();
	if (vcpu == NULL) {
		text_format(record, "%llu cpu=- vmpl=- %s", ticks, event);
		return;
	}
	text_format(record, "%llu cpu=%u vmpl=%u %s", ticks, vcpu->index, vcpu->vmpl, event);
}

/* A record is written whole, whichever CPU else has something to say; one that is too long ends in "...". */
static void record_write(struct text *record)
{
	static const char cut[] = "...";
	if (record->truncated) {
		for (size_t i = 0; i < sizeof(cut) - 1; i++) {
			record->p[record->n - (sizeof(cut) - 1) + i] = cut[i];
		}
	}
	record->p[record->n] = '\n';
	lock_take(&trace_lock);
	port_out_bytes(TRACE_PORT, record->p, record->n + 1);
	lock_release(&trace_lock);
}

void trace_write(const struct vcpu *vcpu, const char *event, const char *format, ...)
{
	char bytes[TRACE_RECORD_MAX];
	struct text record = text_of(bytes, sizeof(bytes) - 1);
	record_begin(&record, vcpu, event);
	if (format != NULL && format[0] != '\0') {
		text_format(&record, " ");
		va_list arguments;
		va_start(arguments, format);
		text_vformat(&record, format, arguments);
		va_end(arguments);
	}
	record_write(&record);
}
