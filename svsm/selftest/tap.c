/* SPDX-License-Identifier: MIT */
#include "selftest/tap.h"

#include <stdarg.h>

#include "base/text.h"
#include "platform/platform.h"

#define LINE_MAX 160U

static u32 checks;
static u32 failures;

static void line_write(struct text *line)
{
	text_format(line, "\n");
	platform_console_write(line->p, line->n);
}

void tap_check(bool good, const char *what)
{
	char bytes[LINE_MAX];
	struct text line = text_of(bytes, sizeof(bytes));
	checks++;
	failures += good ? 0 : 1;
	text_format(&line, "%s %u - %s", good ? "ok" : "not ok", checks, what);
	line_write(&line);
}

void tap_require(enum err error, const char *what)
{
	if (error != ERR_OK) {
		tap_check(false, what);
	}
}

void tap_note(const char *format, ...)
{
	char bytes[LINE_MAX];
	struct text line = text_of(bytes, sizeof(bytes));
	va_list arguments;
	text_format(&line, "# ");
	va_start(arguments, format);
	text_vformat(&line, format, arguments);
	va_end(arguments);
	line_write(&line);
}

bool tap_finish(void)
{
	char bytes[LINE_MAX];
	struct text line = text_of(bytes, sizeof(bytes));
	text_format(&line, "1..%u", checks);
	line_write(&line);
	tap_note("self-tests: %u passed, %u failed", checks - failures, failures);
	return failures == 0;
}
