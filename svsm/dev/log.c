/* SPDX-License-Identifier: MIT */
#include "dev/log.h"

#include <stdarg.h>

#include "base/text.h"
#include "platform/platform.h"

#define RING_SIZE 16384U /* a power of two */

/* Lines follow one another, each ended by '\n'; `written` counts all bytes ever, the newest RING_SIZE are there. */
static char ring[RING_SIZE];
static u32 written;
static bool to_console;

void log_console(bool console)
{
	to_console = console;
}

/* Takes no lock: it is called from exception handlers. CPUs reserve their bytes by the one atomic addition. */
static void ring_add(const char *bytes, size_t n)
{
	u32 at = __atomic_fetch_add(&written, (u32)n, __ATOMIC_RELAXED);
	for (size_t i = 0; i < n; i++) {
		ring[(at + i) % RING_SIZE] = bytes[i];
	}
}

void log_line(enum log_level level, const char *format, ...)
{
	static const char *const prefix[] = {"error: ", "", "debug: "};
	char bytes[LOG_LINE_MAX];
	struct text text = text_of(bytes, sizeof(bytes) - 1);
	va_list arguments;
	va_start(arguments, format);
	text_format(&text, "svsm: %s", prefix[level]);
	text_vformat(&text, format, arguments);
	va_end(arguments);
	bytes[text.n] = '\n';
	ring_add(bytes, text.n + 1);
	if (to_console) {
		platform_console_write(bytes, text.n + 1);
	}
}
