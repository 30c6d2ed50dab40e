/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "build/command.h"
#include "host/report.h"
#include "show/commands.h"

static const char help[] =
	"Usage: igvm COMMAND [OPTION]...\n"
	"Makes and examines IGVM files, the measured start images of confidential virtual machines.\n"
	"\n"
	"  build      make a file of the SVSM kernel and a guest\n"
	"  measure    print the SEV-SNP launch digest of a file\n"
	"  inspect    print every header of a file\n"
	"\n"
	"'igvm COMMAND --help' tells more. Exit status: 0 done, 1 failed, 2 wrong usage.\n";

static const struct {
	const char *name;
	int (*run)(int count, char **words);
} commands[] = {
	{"build", build_command},
	{"measure", measure_command},
	{"inspect", inspect_command},
};

static int usage(const char *what, const char *word)
{
	fprintf(stderr, "igvm: %s%s\nTry 'igvm --help'.\n", what, word);
	return STATUS_USAGE;
}

int main(int count, char **words)
{
	if (count < 2) {
		return usage("a command is needed: build, measure or inspect", "");
	}
	if (strcmp(words[1], "--help") == 0) {
		fputs(help, stdout);
		return STATUS_OK;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(words[1], commands[i].name) == 0) {
			return commands[i].run(count - 1, words + 1);
		}
	}
	return usage("no such command: ", words[1]);
}
