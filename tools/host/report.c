/* SPDX-License-Identifier: MIT */
#include "host/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool report(const char *format, ...)
{
	va_list arguments;
	fprintf(stderr, "%s: ", report_program);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return false;
}

int report_usage(const char *command, const char *format, ...)
{
	va_list arguments;
	fprintf(stderr, "%s %s: ", report_front, command);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "; try '%s %s --help'\n", report_front, command);
	return STATUS_USAGE;
}

void *allocate(size_t n)
{
	void *memory = calloc(n > 0 ? n : 1, 1);
	if (memory == NULL) {
		report("out of memory (%zu bytes wanted)", n);
		exit(STATUS_FAILED);
	}
	return memory;
}
