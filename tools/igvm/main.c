/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "build/command.h"
#include "host/report.h"
#include "show/commands.h"

const char report_program[] = "igvm";
const char report_front[] = "igvm";

static const char help[] =
	"Usage: igvm COMMAND [OPTION]...\n"
	"Makes and examines IGVM files, the measured start images of confidential virtual machines.\n"
	"\n"
	"  build      make a file of the SVSM kernel and a guest\n"
	"  inspect    print every header of a file, or a map of its memory; extract pages\n"
	"  check      say what a hypervisor would refuse or ignore\n"
	"  measure    print the launch digest of a file\n"
	"  sign       put a signed ID block into a file\n"
	"  verify     check the signatures of the ID block\n"
	"  diff       say how two files differ\n"
	"\n"
	"'igvm COMMAND --help' tells more; --version tells which igvm this is. Exit status: 0 done, 1 failed, 2 wrong usage.\n";

static const struct {
	const char *name;
	int (*run)(int count, char **words);
} commands[] = {
	{"build", build_command}, {"inspect", inspect_command}, {"check", check_command}, {"measure", measure_command},
	{"sign", sign_command},   {"verify", verify_command},   {"diff", diff_command},
};

static int usage(const char *what, const char *word)
{
	fprintf(stderr, "igvm: %s%s; try 'igvm --help'\n", what, word);
	return STATUS_USAGE;
}

int main(int count, char **words)
{
	if (count < 2) {
		return usage("a command is needed, such as inspect", "");
	}
	if (strcmp(words[1], "--help") == 0) {
		fputs(help, stdout);
		return report_end(STATUS_OK);
	}
	if (strcmp(words[1], "--version") == 0) {
		puts("igvm (Copra) " VERSION);
		return report_end(STATUS_OK);
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(words[1], commands[i].name) == 0) {
			return commands[i].run(count - 1, words + 1);
		}
	}
	return usage("no such command: ", words[1]);
}
