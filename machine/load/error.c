/* SPDX-License-Identifier: MIT */
#include "load/error.h"

#include "base/text.h"
#include "trace/trace.h"

#define REASON_MAX 200U

/* The reason stands in double quotes in the record. */
static void quotes_soften(struct text *text)
{
	for (size_t i = 0; i < text->n; i++) {
		if (text->p[i] == '"') {
			text->p[i] = '\'';
		}
	}
}

enum err load_refuse(enum err error, const struct igvm_header *header, const char *reason, ...)
{
	char bytes[REASON_MAX];
	struct text text = text_of(bytes, sizeof(bytes));
	va_list arguments;
	va_start(arguments, reason);
	text_vformat(&text, reason, arguments);
	va_end(arguments);
	quotes_soften(&text);
	if (header == NULL) {
		trace(TRACE_ALWAYS, NULL, "load-error", "reason=\"%.*s\"", (int)text.n, bytes);
	} else if (header->index == UINT32_MAX) {
		trace(TRACE_ALWAYS, NULL, "load-error", "reason=\"%.*s\" offset=0x%llx", (int)text.n, bytes,
		      (unsigned long long)header->offset);
	} else {
		trace(TRACE_ALWAYS, NULL, "load-error", "reason=\"%.*s\" header=%u offset=0x%llx", (int)text.n, bytes,
		      header->index, (unsigned long long)header->offset);
	}
	return error;
}
