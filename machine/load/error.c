/* SPDX-License-Identifier: MIT */
#include "load/error.h"

#include "base/text.h"
#include "trace/trace.h"

#define REASON_MAX 200U

enum err load_refuse(enum err error, const struct igvm_header *header, const char *reason, ...)
{
	char bytes[REASON_MAX];
	struct text text = text_of(bytes, sizeof(bytes));
	va_list arguments;
	va_start(arguments, reason);
	text_vformat(&text, reason, arguments);
	va_end(arguments);
	if (header == NULL) {
		trace(TRACE_ALWAYS, NULL, "load-error", "reason=\"%.*s\"", (int)text.n, bytes);
	} else {
		trace(TRACE_ALWAYS, NULL, "load-error", "reason=\"%.*s\" header=%u offset=0x%llx", (int)text.n, bytes,
		      header->index, (unsigned long long)header->offset);
	}
	return error;
}
