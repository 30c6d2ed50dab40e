/* SPDX-License-Identifier: MIT */
#include "host/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

int report_end(int status)
{
	errno = 0;
	if (fflush(stdout) == 0 && ferror(stdout) == 0) {
		return status;
	}
	(void)report("the output cannot be written%s%s", errno != 0 ? ": " : "", errno != 0 ? strerror(errno) : "");
	return STATUS_FAILED;
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
