/* SPDX-License-Identifier: MIT */
/* Messages to the person at the terminal, and the exit statuses that go with them. */
#pragma once

#include "base/compiler.h"
#include "base/err.h"

#define STATUS_OK 0
#define STATUS_FAILED 1
#define STATUS_USAGE 2

/* What messages begin with, and what help belongs to: "igvm" for both, or "copra verify" and "copra". Each program has its own. */
extern const char report_program[];
extern const char report_front[];

/* Prints the program's name and the message to stderr. Returns false, so that a failing function can end with it. */
bool report(const char *format, ...) printf_like(1, 2);

/* Prints in one line how a subcommand was misused and where help is. Returns STATUS_USAGE. */
int report_usage(const char *command, const char *format, ...) printf_like(2, 3);

/*
 * The end of a program that printed to stdout: status, or STATUS_FAILED after a message when not all of it was written.
 */
int report_end(int status);

/* Zeroed memory, which lives until the program ends; out of memory ends the program with a message. */
void *allocate(size_t n);
