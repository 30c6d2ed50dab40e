/* SPDX-License-Identifier: MIT */
#include "check/findings.h"

#include <stdarg.h>
#include <stdio.h>

#include "show/names.h"

#define NO_HEADER UINT32_MAX

/* Where a finding lies; type 0: the file as a whole, or a header that could not be read */
struct place {
	u32 header;
	u64 offset;
	u32 type;
};

/* Our own texts: of what JSON escapes they have quotation marks alone. */
static void print_escaped(const char *message)
{
	for (; *message != '\0'; message++) {
		if (*message == '"') {
			putchar('\\');
		}
		putchar(*message);
	}
}

static void print_json(const struct findings *f, const char *level, const struct place *at, const char *message)
{
	printf("%s\n  {\"level\": \"%s\"", f->errors + f->warnings == 0 ? "" : ",", level);
	if (at->header != NO_HEADER) {
		printf(", \"header\": %u", at->header);
	}
	if (at->type != 0) {
		printf(", \"type\": \"%s\"", name_of_header(at->type));
	}
	printf(", \"offset\": \"0x%llx\", \"message\": \"", (unsigned long long)at->offset);
	print_escaped(message);
	fputs("\"}", stdout);
}

static void print_line(const struct findings *f, const char *level, const struct place *at, const char *message)
{
	printf("%s: %s: ", f->path, level);
	if (at->header != NO_HEADER) {
		printf("header %u at 0x%llx", at->header, (unsigned long long)at->offset);
	}
	if (at->type != 0) {
		printf(" (%s)", name_of_header(at->type));
	}
	printf("%s%s\n", at->header != NO_HEADER ? ": " : "", message);
}

static void print(const struct findings *f, const char *level, const struct place *at, const char *message)
{
	if (f->json) {
		print_json(f, level, at, message);
	} else {
		print_line(f, level, at, message);
	}
}

static struct place place_of(const struct igvm_header *header)
{
	if (header == NULL) {
		return (struct place){.header = NO_HEADER};
	}
	return (struct place){.header = header->index, .offset = header->offset, .type = header->type};
}

static void print_about(struct findings *f, const char *level, const struct igvm_header *header, const char *format,
			va_list arguments) printf_like(4, 0);

static void print_about(struct findings *f, const char *level, const struct igvm_header *header, const char *format,
			va_list arguments)
{
	char message[256];
	const struct place at = place_of(header);
	vsnprintf(message, sizeof(message), format, arguments);
	print(f, level, &at, message);
}

void finding_error(struct findings *f, const struct igvm_header *header, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	print_about(f, "error", header, format, arguments);
	va_end(arguments);
	f->errors++;
}

void finding_warning(struct findings *f, const struct igvm_header *header, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	print_about(f, "warning", header, format, arguments);
	va_end(arguments);
	f->warnings++;
}

void finding_refusal(struct findings *f, const struct igvm_error *why)
{
	const struct place at = {.header = why->header, .offset = why->offset};
	char message[256];
	if (why->header == NO_HEADER) {
		snprintf(message, sizeof(message), "at 0x%llx: %s", (unsigned long long)why->offset, why->what);
	} else {
		snprintf(message, sizeof(message), "%s", why->what);
	}
	print(f, "error", &at, message);
	f->errors++;
}

void findings_end(const struct findings *f)
{
	if (f->json) {
		puts(f->errors + f->warnings == 0 ? "]" : "\n]");
	}
}
