/* SPDX-License-Identifier: MIT */
/*
 * All services in one executable: argv[1] says which one this process is. A second argument "again" means that an earlier process
 * of this service died in this virtual machine's life.
 */
#include <stdio.h>
#include <string.h>

#include "attest/attest.h"
#include "vtpm/vtpm.h"

struct service {
	const char *name;
	int (*run)(bool again);
};

static const struct service services[] = {
	{"vtpm", vtpm_run},
	{"attest", attest_run},
};

static int usage(void)
{
	fputs("usage: copra-services SERVICE [again], with descriptor 3 open; services:", stderr);
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		fprintf(stderr, " %s", services[i].name);
	}
	fputs("\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	bool again = argc == 3 && strcmp(argv[2], "again") == 0;
	if (argc != 2 && !again) {
		return usage();
	}
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		if (strcmp(argv[1], services[i].name) == 0) {
			return services[i].run(again);
		}
	}
	return usage();
}
