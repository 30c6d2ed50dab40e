/* SPDX-License-Identifier: MIT */
#include "host/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "host/file.h"
#include "host/manifest.h"
#include "host/number.h"
#include "host/report.h"

#define FIRST_RULE 256 /* of getopt's numbers; those below are characters */
#define HELP 'h'
#define GO_ON (-1) /* no exit status yet */

/* A value, and for messages the words that lead to it: "--cpus", "file.manifest: line 3: cpus" */
struct given {
	const char *where;
	const char *value;
};

static u64 most_of(const struct option_rule *rule)
{
	if (rule->most != 0) {
		return rule->most;
	}
	return rule->number != NULL ? UINT64_MAX : UINT32_MAX;
}

static bool take_number(const struct option_rule *rule, const char *value)
{
	u64 number;
	if (!number_read(value, &number) || number < rule->least || number > most_of(rule)) {
		return false;
	}
	if (rule->number != NULL) {
		*rule->number = number;
	} else {
		*rule->number32 = (u32)number;
	}
	return true;
}

static int refuse_number(const struct command_line *line, const struct option_rule *rule, const struct given *given)
{
	char least[NUMBER_ROOM];
	char most[NUMBER_ROOM];
	if (rule->most == 0) {
		return report_usage(line->command, "%s %s: a number of at most %u bits is wanted", given->where,
				    given->value, rule->number != NULL ? 64 : 32);
	}
	return report_usage(line->command, "%s %s: a number between %s and %s is wanted", given->where, given->value,
			    number_text(rule->least, least), number_text(rule->most, most));
}

static int take_choice(const struct command_line *line, const struct option_rule *rule, const struct given *given)
{
	char list[256] = "";
	for (u32 i = 0; rule->names[i] != NULL; i++) {
		if (strcmp(rule->names[i], given->value) == 0) {
			*rule->choice = i;
			return GO_ON;
		}
		size_t used = strlen(list);
		snprintf(list + used, sizeof(list) - used, "%s%s", i == 0 ? "" : ", ", rule->names[i]);
	}
	return report_usage(line->command, "%s %s: one of %s is wanted", given->where, given->value, list);
}

static int take_value(const struct command_line *line, const struct option_rule *rule, const struct given *given)
{
	if (rule->text != NULL) {
		*rule->text = given->value;
		return GO_ON;
	}
	if (rule->choice != NULL) {
		return take_choice(line, rule, given);
	}
	return take_number(rule, given->value) ? GO_ON : refuse_number(line, rule, given);
}

static int take_manifest_flag(const struct command_line *line, const struct option_rule *rule,
			      const struct given *given)
{
	*rule->flag = strcmp(given->value, "yes") == 0;
	return *rule->flag || strcmp(given->value, "no") == 0
		       ? GO_ON
		       : report_usage(line->command, "%s %s: yes or no is wanted", given->where, given->value);
}

static const struct option_rule *find_rule(const struct command_line *line, struct span name)
{
	for (u32 i = 0; i < line->rule_count; i++) {
		const struct option_rule *rule = &line->rules[i];
		if (!rule->is_manifest && span_equal(name, span_of(rule->name, strlen(rule->name)))) {
			return rule;
		}
	}
	return NULL;
}

/* The value as text that lives on, with the manifest's folder before the name of a file */
static char *copy_value(const struct option_rule *rule, const char *path, struct span value)
{
	const char *slash = strrchr(path, '/');
	bool relative = rule->is_file && value.p[0] != '/' && slash != NULL;
	int folder = relative ? (int)(slash - path) + 1 : 0;
	size_t room = value.n + (size_t)folder + 1;
	char *copy = allocate(room);
	snprintf(copy, room, "%.*s%.*s", folder, path, (int)value.n, (const char *)value.p);
	return copy;
}

static int take_line(const struct command_line *line, const char *path, u32 number, const struct manifest_line *entry)
{
	char where[256];
	const char *name = (const char *)entry->name.p;
	const struct option_rule *rule = find_rule(line, entry->name);
	snprintf(where, sizeof(where), "%s: line %u: %.*s", path, number, (int)entry->name.n, name);
	if (rule == NULL) {
		return report_usage(line->command, "%s: there is no such option for a manifest", where);
	}
	const struct given given = {.where = where, .value = copy_value(rule, path, entry->value)};
	return rule->flag != NULL ? take_manifest_flag(line, rule, &given) : take_value(line, rule, &given);
}

static int read_manifest(const struct command_line *line, const char *path)
{
	struct span text;
	struct manifest_line entry;
	if (!file_read(path, "manifest", &text)) {
		return STATUS_FAILED;
	}
	struct manifest manifest = {.rest = text};
	enum err error;
	while ((error = manifest_next(&manifest, &entry)) == ERR_OK) {
		int status = take_line(line, path, manifest.line, &entry);
		if (status != GO_ON) {
			return status;
		}
	}
	return error == ERR_NOT_FOUND
		       ? GO_ON
		       : report_usage(line->command, "%s: line %u: not a line of the form 'name = value'", path,
				      manifest.line);
}

static int take_option(const struct command_line *line, const struct option_rule *rule)
{
	char where[64];
	if (rule->flag != NULL) {
		*rule->flag = true;
		return GO_ON;
	}
	if (rule->is_manifest) {
		return read_manifest(line, optarg);
	}
	snprintf(where, sizeof(where), "--%s", rule->name);
	const struct given given = {.where = where, .value = optarg};
	return take_value(line, rule, &given);
}

/* What getopt found wrong with a word */
static int refuse_word(const struct command_line *line, int what, const char *word)
{
	if (what == ':') {
		return report_usage(line->command, "%s: its value is missing", word);
	}
	if (optopt >= FIRST_RULE || optopt == HELP) {
		return report_usage(line->command, "%s: this option takes no value", word);
	}
	if (optopt != 0) {
		return report_usage(line->command, "-%c: there is no such option", optopt);
	}
	return report_usage(line->command, "%s: there is no such option", word);
}

static int take_options(const struct command_line *line, int count, char **words)
{
	struct option known[OPTION_RULES_MAX + 2] = {0};
	int option;
	for (u32 i = 0; i < line->rule_count; i++) {
		const struct option_rule *rule = &line->rules[i];
		int values = rule->flag != NULL ? no_argument : required_argument;
		known[i] = (struct option){rule->name, values, NULL, FIRST_RULE + (int)i};
	}
	known[line->rule_count] = (struct option){"help", no_argument, NULL, HELP};
	optind = 0; /* getopt starts anew */
	while ((option = getopt_long(count, words, ":", known, NULL)) != -1) {
		if (option == HELP) {
			fputs(line->help, stdout);
			return report_end(STATUS_OK);
		}
		int status = option < FIRST_RULE ? refuse_word(line, option, words[optind - 1])
						 : take_option(line, &line->rules[option - FIRST_RULE]);
		if (status != GO_ON) {
			return status;
		}
	}
	return GO_ON;
}

static int take_files(const struct command_line *line, int count, char **words)
{
	for (u32 i = 0; i < line->file_count; i++) {
		if (optind == count) {
			return report_usage(line->command, "%s",
					    line->file_count == 1 ? "an IGVM file is wanted"
								  : "two IGVM files are wanted");
		}
		line->files[i] = words[optind];
		optind++;
	}
	return optind == count ? GO_ON : report_usage(line->command, "%s: there is one word too many", words[optind]);
}

bool options_read(const struct command_line *line, int count, char **words, int *status)
{
	*status = line->rule_count <= OPTION_RULES_MAX ? take_options(line, count, words) : STATUS_FAILED;
	if (*status == GO_ON) {
		*status = take_files(line, count, words);
	}
	return *status == GO_ON;
}
