/* SPDX-License-Identifier: MIT */
#include "check/rules.h"

void check_file(const struct igvm_file *file, const struct consumer *consumer, struct findings *findings)
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
