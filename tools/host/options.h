/* SPDX-License-Identifier: MIT */
/*
 * The words of a command: options by a table, and file names. Who uses them wrongly gets one line that says what is
 * wanted and where help is.
 */
#pragma once

#include <copra/types.h>

#define OPTION_RULES_MAX 32U

/* One option. Which of the pointers is set says what value it takes; none for `is_manifest`. */
struct option_rule {
	const char *name;
	const char **text;
	u64 *number; /* with K, M or G behind it if wanted */
	u32 *number32;
	u64 least; /* of a number */
	u64 most;  /* of a number; 0: what fits */
	u32 *choice;
	const char *const *names; /* of a choice, ended by NULL; its value is the index */
	bool *flag;               /* no value; in a manifest yes or no */
	bool is_file;             /* text: in a manifest relative to the manifest's folder */
	bool is_manifest;         /* the value names a file with more options, lines `name = value` */
};

struct command_line {
	const char *command;
	const char *help; /* what --help prints */
	const struct option_rule *rules;
	u32 rule_count;
	const char **files; /* where the words go that are no options: exactly file_count */
	u32 file_count;
};

/* False when the command ends here, with *status: after --help or a message. */
bool options_read(const struct command_line *line, int count, char **words, int *status);
