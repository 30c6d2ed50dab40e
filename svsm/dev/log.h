/* SPDX-License-Identifier: MIT */
/*
 * The log: a ring in private memory. The host can read the serial console, so only a debug image writes the log there
 * (BOOT_FLAG_DEBUG of the measured layout page). One line per call, without its newline; longer lines are cut.
 */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"

enum log_level {
	LOG_ERROR,
	LOG_INFO,
	LOG_DEBUG,
};

#define LOG_LINE_MAX 160U

/* console: from now on lines also go to the serial console. */
void log_console(bool console);
void log_line(enum log_level level, const char *format, ...) printf_like(2, 3);

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
