/* SPDX-License-Identifier: MIT */
#include "svsm_groups.h"

int main(void)
{
	int failed = test_core();
	failed += test_deposit();
	failed += test_request();
	failed += test_lost();
	failed += test_vtpm();
	failed += test_attestation();
	failed += test_evidence();
	return failed == 0 ? 0 : 1;
}
