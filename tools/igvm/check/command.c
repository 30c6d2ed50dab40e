/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>

#include "check/rules.h"
#include "host/file.h"
#include "host/report.h"
#include "show/commands.h"

#define NAMES "qemu-10.1, qemu-10.2, qemu-11, cloud-hypervisor, openvmm, kvm or hyper-v"

static const char help[] =
	"Usage: igvm check FILE [OPTION]...\n"
	"Says what is wrong with the file: errors and warnings, with header and offset. Exit status 1 on errors.\n"
	"\n"
	"  --for NAME  also what this hypervisor refuses or ignores:\n"
	"              " NAMES "\n"
	"  --json      as a JSON array\n"
	"  --help      this text\n";

struct options {
	const struct consumer *consumer;
	bool json;
	bool help;
};

static int take_option(struct options *o, int option, char **words)
{
	switch (option) {
	case 'f':
		o->consumer = consumer_find(optarg);
		return o->consumer != NULL ? STATUS_OK : report_usage("check", "--for %s: none of " NAMES, optarg);
	case 'j':
		o->json = true;
		return STATUS_OK;
	case 'h':
		o->help = true;
		return STATUS_OK;
	default:
		return report_usage("check", "%s: unknown option, or one without its value", words[optind - 1]);
	}
}

static int read_options(int count, char **words, struct options *o)
{
	static const struct option long_options[] = {
		{"for", required_argument, NULL, 'f'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;
	opterr = 0;
	while ((option = getopt_long(count, words, "", long_options, NULL)) != -1) {
		int status = take_option(o, option, words);
		if (status != STATUS_OK || o->help) {
			return status;
		}
	}
	return optind + 1 == count ? STATUS_OK : report_usage("check", "one file is needed");
}

static void check_all(const struct igvm_file *file, const struct consumer *consumer, struct findings *findings)
{
	check_overlaps(file, findings);
	check_parameters(file, findings);
	check_completeness(file, findings);
	if (consumer != NULL) {
		check_consumer(file, consumer, findings);
	}
	if (consumer != NULL && consumer->makes_vmsas) {
		check_vmsas(file, consumer, findings);
	}
}

int check_command(int count, char **words)
{
	struct options options = {0};
	struct igvm_file file;
	struct igvm_error why;
	struct span bytes;
	int status = read_options(count, words, &options);
	if (status != STATUS_OK) {
		return status;
	}
	if (options.help) {
		fputs(help, stdout);
		return STATUS_OK;
	}
	struct findings findings = {.path = words[optind], .json = options.json};
	if (!file_map(findings.path, "IGVM file", &bytes)) {
		return STATUS_FAILED;
	}
	fputs(options.json ? "[" : "", stdout);
	if (igvm_open(bytes, &file, &why) == ERR_OK) {
		check_all(&file, options.consumer, &findings);
	} else {
		finding_refusal(&findings, &why);
	}
	findings_end(&findings);
	return fflush(stdout) == 0 && findings.errors == 0 ? STATUS_OK : STATUS_FAILED;
}
