/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "check/rules.h"
#include "host/options.h"
#include "host/report.h"
#include "show/commands.h"
#include "show/open.h"

static const char help[] =
	"Usage: igvm check FILE [OPTION]...\n"
	"Says what is wrong with the file: errors and warnings, with header and offset. Exit status 1 on errors.\n"
	"\n"
	"  --for NAME  also what this hypervisor refuses or ignores:\n"
	"              qemu-10.1, qemu-10.2, qemu-11, cloud-hypervisor, openvmm, kvm or hyper-v\n"
	"  --json      as a JSON array\n"
	"  --help      this text\n";

struct options {
	const char *path;
	u32 consumer;
	bool json;
};

static bool read_options(int count, char **words, struct options *o, int *status)
{
	const struct option_rule rules[] = {
		{"for", .choice = &o->consumer, .names = consumer_names},
		{"json", .flag = &o->json},
	};
	const struct command_line line = {"check", help, rules, ARRAY_SIZE(rules), &o->path, 1};
	return options_read(&line, count, words, status);
}

int check_command(int count, char **words)
{
	struct options options = {.consumer = CONSUMER_NONE};
	struct igvm_file file;
	struct igvm_error why;
	struct span bytes;
	int status;
	if (!read_options(count, words, &options, &status)) {
		return status;
	}
	struct findings findings = {.path = options.path, .json = options.json};
	if (!show_load(findings.path, &bytes)) {
		return STATUS_FAILED;
	}
	fputs(options.json ? "[" : "", stdout);
	if (igvm_open(bytes, &file, &why) == ERR_OK) {
		check_file(&file, consumer_get(options.consumer), &findings);
	} else {
		finding_refusal(&findings, &why);
	}
	findings_end(&findings);
	return report_end(findings.errors == 0 ? STATUS_OK : STATUS_FAILED);
}
