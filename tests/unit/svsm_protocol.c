/* SPDX-License-Identifier: MIT */
#include "svsm_groups.h"

int main(void)
{
	int failed = test_core();
	failed += test_deposit();
	failed += test_request();
	failed += test_lost();
	failed += test_vtpm();
	return failed == 0 ? 0 : 1;
}
