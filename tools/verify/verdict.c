/* SPDX-License-Identifier: MIT */
#include "verify/verdict.h"

#include <stdarg.h>
#include <string.h>

static const char *const names[CHECK_COUNT] = {
	[CHECK_FORMAT] = "format",
	[CHECK_ROOT] = "root",
	[CHECK_CHAIN] = "chain",
	[CHECK_VALIDITY] = "validity",
	[CHECK_REVOCATION] = "revocation",
	[CHECK_SIGNATURE] = "signature",
	[CHECK_CHIP] = "chip",
	[CHECK_TCB] = "tcb",
	[CHECK_TCB_FLOOR] = "tcb-floor",
	[CHECK_POLICY] = "policy",
	[CHECK_DIGEST] = "digest",
	[CHECK_ID_KEY] = "id-key",
	[CHECK_VMPL] = "vmpl",
	[CHECK_REPORT_DATA] = "report-data",
	[CHECK_EK] = "ek",
	[CHECK_QUOTE] = "quote",
	[CHECK_QUOTE_KEY] = "quote-key",
	[CHECK_QUOTE_NONCE] = "quote-nonce",
	[CHECK_QUOTE_PCRS] = "quote-pcrs",
};

const char *check_name(enum check check)
{
	return names[check];
}

bool check_find(const char *name, size_t n, enum check *check)
{
	for (u32 i = 0; i < CHECK_COUNT; i++) {
		if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0) {
			*check = (enum check)i;
			return true;
		}
	}
	return false;
}

static void note(struct verdict *verdict, enum check check, const char *format, va_list arguments) printf_like(3, 0);

static void note(struct verdict *verdict, enum check check, const char *format, va_list arguments)
{
	(void)vsnprintf(verdict->text[check], VERDICT_TEXT, format, arguments);
}

void verdict_holds(struct verdict *verdict, enum check check, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	verdict->outcome[check] = OUTCOME_HOLDS;
	note(verdict, check, format, arguments);
	va_end(arguments);
}

bool verdict_fails(struct verdict *verdict, enum check check, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	verdict->outcome[check] = OUTCOME_FAILS;
	note(verdict, check, format, arguments);
	va_end(arguments);
	return false;
}

void verdict_skips(struct verdict *verdict, enum check check, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	verdict->outcome[check] = OUTCOME_SKIPPED;
	note(verdict, check, format, arguments);
	va_end(arguments);
}

bool verdict_accepts(const struct verdict *verdict)
{
	for (u32 i = 0; i < CHECK_COUNT; i++) {
		if (verdict->outcome[i] == OUTCOME_FAILS) {
			return false;
		}
	}
	return true;
}

enum check verdict_first_failure(const struct verdict *verdict)
{
	u32 i = 0;
	while (i + 1 < CHECK_COUNT && verdict->outcome[i] != OUTCOME_FAILS) {
		i++;
	}
	return (enum check)i;
}

static const char *outcome_word(enum outcome outcome)
{
	static const char *const words[] = {"", "holds", "FAILS", "not checked"};
	return words[outcome];
}

void verdict_print(const struct verdict *verdict, FILE *out)
{
	for (u32 i = 0; i < CHECK_COUNT; i++) {
		if (verdict->outcome[i] != OUTCOME_NONE) {
			fprintf(out, "%-12s %-12s %s\n", outcome_word(verdict->outcome[i]), names[i], verdict->text[i]);
		}
	}
	fprintf(out, "%s\n", verdict_accepts(verdict) ? "accepted" : "refused");
}

static void json_string(const char *text, FILE *out)
{
	fputc('"', out);
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\') {
			fprintf(out, "\\%c", *c);
		} else if ((unsigned char)*c < ' ' || (unsigned char)*c > '~') {
			fprintf(out, "\\u%04x", (unsigned char)*c);
		} else {
			fputc(*c, out);
		}
	}
	fputc('"', out);
}

void verdict_print_json(const struct verdict *verdict, const char *name, FILE *out)
{
	const char *separator = "";
	fputc('{', out);
	if (name != NULL) {
		fputs("\"report\": ", out);
		json_string(name, out);
		fputs(", ", out);
	}
	fprintf(out, "\"accepted\": %s, \"checks\": [", verdict_accepts(verdict) ? "true" : "false");
	for (u32 i = 0; i < CHECK_COUNT; i++) {
		if (verdict->outcome[i] != OUTCOME_NONE) {
			fprintf(out, "%s{\"check\": \"%s\", \"outcome\": \"%s\", \"text\": ", separator, names[i],
				verdict->outcome[i] == OUTCOME_FAILS ? "fails" : outcome_word(verdict->outcome[i]));
			json_string(verdict->text[i], out);
			fputc('}', out);
			separator = ", ";
		}
	}
	fputs("]}\n", out);
}
